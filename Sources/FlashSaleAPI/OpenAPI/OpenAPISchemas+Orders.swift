import FlashSale

// Holds, orders and payments.
extension OpenAPISchemas {
    static let orderID: JSONValue = [
        "type": "string", "pattern": "^[1-9][0-9]{0,15}-[1-9][0-9]{0,15}$",
        "description": "PRODUCT-TICKET, such as 7-1042: a hold and the order it becomes have the same name.",
    ]

    static let pageSize: JSONValue = [
        "type": "integer", "minimum": 1, "maximum": .integer(Int64(OrderPage.maximumSize)),
        "default": .integer(Int64(OrderPage.defaultSize)), "description": "The most that a page shows.",
    ]

    static let orderStatusFilter: JSONValue = [
        "type": "array", "items": orderStatus,
        "description": "Several states are given by repeating the parameter, or with commas in between.",
    ]

    private static let orderStatus = choice(OrderStatus.allCases.map(\.rawValue), "Where the order stands.")

    private static let currency = text("ISO 4217, three capital letters.")

    static let holdList = page(of: "holds", "Hold")
    static let orderList = page(of: "orders", "Order")

    private static func page(of name: String, _ schema: String) -> JSONValue {
        let list: JSONValue = ["type": "array", "items": ["$ref": .string("#/components/schemas/\(schema)")]]
        let next: JSONValue = [
            "type": ["string", "null"], "description": "Where the next page is read; null: there is none.",
        ]
        return [
            "type": "object",
            "required": [.string(name), "next"],
            "properties": .object([
                JSONValue.Member(name: name, value: list), JSONValue.Member(name: "next", value: next),
            ]),
        ]
    }

    static let hold = object(required: [
        "hold_id": orderID,
        "order_id": orderID,
        "product_id": productID,
        "ticket": count("The place in line that it came from."),
        "user_id": userID,
        "quantity": count("The units."),
        "status": orderStatus,
        "unit_price": count("What one unit costs, in the currency's minor unit: the price when the user joined."),
        "amount": count("What all units cost, in the currency's minor unit."),
        "currency": currency,
        "created_at": time("When the units were set aside."),
        "hold_expires_at": timeOrNull("When the hold runs or ran out unless it is checked out."),
        "checked_out_at": timeOrNull("When it became an order to be paid."),
        "ended_at": timeOrNull("When it was completed, cancelled, or ran out."),
        "product_url": text("Where to read the product."),
        "status_url": text("Where to ask for the user's standing."),
        "checkout_url": text("Where to check the hold out."),
    ])

    static let order = object(required: [
        "order_id": orderID,
        "product_id": productID,
        "ticket": count("The place in line that it came from."),
        "user_id": userID,
        "quantity": count("The units."),
        "status": orderStatus,
        "unit_price": count("What one unit costs, in the currency's minor unit: the price when the user joined."),
        "amount": count("What has to be paid, in the currency's minor unit."),
        "currency": currency,
        "created_at": time("When the units were set aside."),
        "hold_expires_at": timeOrNull("When its hold runs or ran out; null: it never was one."),
        "expires_at": timeOrNull("When the units go back on sale unless something happens; null: they don't."),
        "checked_out_at": timeOrNull("When the hold was checked out."),
        "paid_at": timeOrNull("When the payment was received."),
        "ended_at": timeOrNull("When it was completed, cancelled, or ran out."),
        "product_url": text("Where to read the product."),
        "status_url": text("Where to ask for the user's standing."),
    ])

    static let checkoutRequest = object(required: ["hold_id": orderID])

    static let paymentEvent = object(required: [
        "event_id": [
            "type": "string", "minLength": 1, "maxLength": .integer(Int64(PaymentEvent.maximumIDLength)),
            "pattern": "^[!-~]+$", "description": "The provider's name for the event: the same name is the same event.",
        ],
        "order_id": orderID,
        "status": choice(PaymentEvent.Status.allCases.map(\.rawValue), "Whether the money was taken."),
        "amount": [
            "type": "integer", "minimum": 0, "maximum": .integer(PaymentEvent.maximumAmount),
            "description": "What was charged, in the currency's minor unit.",
        ],
        "currency": currency,
    ])

    static let paymentReceipt = object(required: [
        "event_id": text("The event."),
        "order_id": orderID,
        "result": choice(
            PaymentResult.allCases.map(\.rawValue),
            """
            processed: it had its effect. duplicate: it had its effect before. waiting: the order is not there yet, and \
            the event is applied as soon as it is. recovered: it came late, and the units were still there. refund_due: \
            it came late, and the money has to go back. conflicting: it contradicts what is known, and a person looks at it.
            """
        ),
    ])
}
