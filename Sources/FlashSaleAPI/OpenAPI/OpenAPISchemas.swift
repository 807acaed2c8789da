import FlashSale

/// The forms of what goes in and out.
enum OpenAPISchemas {
    /// Every schema by its name.
    static let all: [JSONValue.Member] = [
        JSONValue.Member(name: "ProductList", value: productList),
        JSONValue.Member(name: "Product", value: product),
        JSONValue.Member(name: "JoinRequest", value: joinRequest),
        JSONValue.Member(name: "Standing", value: standing),
        JSONValue.Member(name: "Progress", value: progress),
        JSONValue.Member(name: "Events", value: ["type": "string"]),
        JSONValue.Member(name: "Draw", value: draw),
        JSONValue.Member(name: "DrawProof", value: drawProof),
        JSONValue.Member(name: "Text", value: ["type": "string"]),
        JSONValue.Member(name: "HoldList", value: holdList),
        JSONValue.Member(name: "Hold", value: hold),
        JSONValue.Member(name: "CheckoutRequest", value: checkoutRequest),
        JSONValue.Member(name: "OrderList", value: orderList),
        JSONValue.Member(name: "Order", value: order),
        JSONValue.Member(name: "PaymentEvent", value: paymentEvent),
        JSONValue.Member(name: "PaymentReceipt", value: paymentReceipt),
        JSONValue.Member(name: "Problem", value: problem),
        JSONValue.Member(name: "Health", value: health),
        JSONValue.Member(name: "Readiness", value: readiness),
        JSONValue.Member(name: "Metrics", value: ["type": "string"]),
        JSONValue.Member(name: "Description", value: object(required: ["openapi": text("Always 3.1.0.")])),
    ]

    /// The parameters of a path; nil when it has none.
    static func parameters(of segments: [Substring]) -> JSONValue? {
        let names = segments.filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
        guard !names.isEmpty else { return nil }
        return .array(
            names.map { name in
                [
                    "name": .string(String(name)), "in": "path", "required": true,
                    "schema": parameter(String(name)),
                ]
            }
        )
    }

    private static func parameter(_ name: String) -> JSONValue {
        switch name {
        case "id": productID
        case "user_id": userID
        case "entry_id": count("The failed entry's number.")
        default: orderID
        }
    }

    static let productID: JSONValue = [
        "type": "integer", "minimum": 1, "maximum": .integer(ProductID.maximum),
        "description": "The product's number, in plain digits.",
    ]

    static let userID: JSONValue = [
        "type": "string", "minLength": 1, "maxLength": .integer(Int64(UserID.maximumLength)),
        "pattern": "^[A-Za-z0-9._@+-]+$",
        "description": "Who buys. Case is ignored; answers have the lower-case form.",
    ]

    private static let saleState = choice(SaleState.allCases.map(\.rawValue), "What may be expected of the sale now.")

    private static let stockState = choice(
        StockState.allCases.map(\.rawValue),
        "What is left of the stock. While all_held, the line waits for units that may come free."
    )

    private static let productList = object(required: [
        "products": ["type": "array", "items": ["$ref": "#/components/schemas/Product"]]
    ])

    private static let product = object(
        required: productMembers,
        optional: [
            "draw_at": time("When the draw is made; only where places are drawn."),
            "draw_url": text("Where the draw is read; only where places are drawn."),
        ]
    )

    private static let productMembers: KeyValuePairs<String, JSONValue> = [
        "id": productID,
        "name": text("What people call it."),
        "price": object(required: [
            "amount": count("What one unit costs, in the currency's minor unit."),
            "currency": text("ISO 4217, three letters."),
        ]),
        "total_stock": count("Units that were ever put on sale."),
        "available_stock": count("Units that nobody has bought or holds."),
        "checkout": choice(Checkout.allCases.map(\.rawValue), "What follows once a unit is the user's."),
        "access": choice(Access.Kind.allCases.map(\.rawValue), "How places in line are given."),
        "sale_state": saleState,
        "stock_state": stockState,
        "opens_at": timeOrNull("When joining starts; null: from the beginning."),
        "closes_at": timeOrNull("When joining ends; null: never."),
        "max_per_user": count("The most units one user may order."),
        "max_queue": count("The most users that may wait."),
        "cart_seconds": count("How long a place is kept without a sign of the user."),
        "hold_seconds": count("How long a held unit waits for its checkout."),
        "payment_seconds": count("How long a pending order waits for its payment."),
        "queue_url": text("Where to join."),
    ]

    private static let joinRequest = object(
        required: ["user_id": userID],
        optional: [
            "quantity": [
                "type": "integer", "minimum": 1, "maximum": .integer(JoinBody.maximumQuantity), "default": 1,
                "description": "The units asked for, up to the product's max_per_user.",
            ]
        ]
    )

    private static let standing = object(
        required: [
            "status": choice(PurchaseStatus.allCases.map(\.rawValue), "Where the user stands."),
            "product_id": productID,
            "user_id": userID,
            "quantity": count("The units asked for."),
            "served_ticket": count("The place that was decided last."),
            "last_ticket": count("The place that was handed out last."),
            "sale_state": saleState,
            "stock_state": stockState,
            "status_url": text("Where to ask again."),
            "poll_after_ms": count("When to ask again, in milliseconds from now."),
        ],
        optional: [
            "ticket": count(
                "The place; it never changes. Not while the user has entered a draw that is still to come."
            ),
            "order_id": text("The order that this place became or becomes, as PRODUCT-TICKET; with `ticket`."),
            "entry": count("The number of the entry; only while the status is entered. It is no place."),
            "entrants": count("How many have entered so far; only while the status is entered."),
            "draw_at": time("When the draw is made; only while the status is entered."),
            "position": count("Places up to the user's, that one included; only while the user waits."),
            "outlook": choice(
                Outlook.allCases.map(\.rawValue),
                """
                What to expect; only while the user waits. moving: the line moves. all_held: it waits for units that may \
                come free. paused: the operator has stopped it. beyond_stock: more units are asked for ahead than are \
                available, the stock will probably not reach this place. unknown: nothing was decided lately.
                """
            ),
            "eta_seconds": object(required: [
                "p50": count("Half of all waits end within so many seconds from now."),
                "p90": count("Nine of ten waits end within so many seconds from now."),
            ]),
            "cart_expires_at": time("When the place is lost without a sign of the user; only while the user waits."),
        ]
    )

    private static let progress = object(
        required: [
            "product_id": productID,
            "sale_state": saleState,
            "stock_state": stockState,
            "available_stock": count("Units that nobody has bought or holds."),
            "served_ticket": count("The place that was decided last: your ticket less this is your position."),
            "last_ticket": count("The place that was handed out last."),
            "tickets_per_second": [
                "type": "number", "minimum": 0,
                "description": "How fast the line moved in the last minutes; 0: unknown.",
            ],
            "poll_after_ms": count("When to ask again, in milliseconds from now."),
        ],
        optional: [
            "opens_at": time("When joining starts, while that lies ahead."),
            "entrants": count("How many have entered so far; until all drawn have their places."),
            "draw_at": time("When the draw is made; until all drawn have their places."),
        ]
    )

    private static let problem = object(
        required: [
            "type": text("A URN that ends with the code."),
            "title": text("What the code means."),
            "status": count("The HTTP status."),
            "code": choice(ProblemCode.allCases.map(\.rawValue), "What went wrong, for machines."),
            "detail": text("What went wrong this time, for people."),
            "request_id": text("Where the operator finds it in the log."),
        ],
        optional: [
            "instance": text("The path that was asked for."),
            "errors": ["type": "array", "items": fieldError],
            "opens_at": time("With sale_not_open: when joining starts."),
            "closes_at": time("With sale_closed: when joining ended."),
            "order_id": text("With already_purchased: the order, if it is known."),
            "max_queue": count("With queue_full: how many may wait."),
            "expected_amount": count("With conflicting: what the order costs, in the currency's minor unit."),
            "expected_currency": text("With conflicting: the order's currency."),
            "purchase_status": text("With already_decided: what was decided, if it is known."),
        ]
    )

    private static let fieldError = object(required: [
        "field": text("The field's name."),
        "problem": text("What is wrong with it."),
        "remedy": text("What would be right."),
    ])

    private static let health = object(required: ["status": choice(["ok"], "Always ok.")])

    private static let readiness = object(required: [
        "status": choice(["ready", "not_ready", "draining"], "The sum of the checks."),
        "checks": [
            "type": "array",
            "items": object(
                required: ["name": text("What was tried out."), "ok": ["type": "boolean"]],
                optional: ["detail": text("What is wrong with it, or the state it is in.")]
            ),
        ],
    ])
}
