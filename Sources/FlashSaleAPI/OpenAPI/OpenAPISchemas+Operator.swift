import FlashSale

/// The forms of the operator's API.
extension OpenAPISchemas {
    /// Every schema of the operator's API by its name.
    static let ofOperator: [JSONValue.Member] = [
        JSONValue.Member(name: "Overview", value: overview),
        JSONValue.Member(name: "Sample", value: sample),
        JSONValue.Member(name: "SampleList", value: sampleList),
        JSONValue.Member(name: "FailedList", value: list("failed", of: failedEntry)),
        JSONValue.Member(name: "PaymentList", value: list("payments", of: payment)),
        JSONValue.Member(name: "ActionList", value: list("actions", of: action)),
        JSONValue.Member(name: "ActionResult", value: actionResult),
        JSONValue.Member(name: "RestockRequest", value: object(required: ["units": count("How many units to add.")])),
        JSONValue.Member(
            name: "CloseRequest",
            value: object(required: ["confirm": count("The product's number once more: this cannot be taken back.")])
        ),
    ]

    static let sampleSpan = choice(SampleSpan.allCases.map(\.rawValue), "How far back; 30m unless told otherwise.")
    static let paymentConcern = choice(PaymentConcern.allCases.map(\.rawValue), "Why a person has to look at it.")

    private static func list(_ name: String, of items: JSONValue) -> JSONValue {
        .object([
            JSONValue.Member(name: "type", value: "object"),
            JSONValue.Member(name: "required", value: .array([.string(name)])),
            JSONValue.Member(
                name: "properties",
                value: .object([JSONValue.Member(name: name, value: ["type": "array", "items": items])])
            ),
        ])
    }

    private static func orNull(_ description: String, _ type: String = "integer") -> JSONValue {
        ["type": [.string(type), "null"], "description": .string(description)]
    }

    private static let overview = object(required: [
        "at": time("The moment, by the database's clock."),
        "sales": ["type": "array", "items": sale],
        "hidden_sales": count("How many sales there are beside these."),
        "workers": ["type": "array", "items": worker],
        "checks": ["type": "array", "items": check],
        "failed_entries": count("Entries that could not be processed."),
        "refunds_due": count("Payments that have to go back."),
        "payments_to_review": count("Payment events that contradict their order."),
    ])

    private static let sale = object(required: [
        "product_id": productID,
        "name": text("What people call it."),
        "sale_state": choice(SaleState.allCases.map(\.rawValue), "What may be expected of the sale now."),
        "stock_state": choice(StockState.allCases.map(\.rawValue), "What is left of the stock."),
        "total_stock": count("Units that were ever put on sale."),
        "available_stock": count("Units that nobody has bought or holds."),
        "waiting": orNull("Entries that wait; null while Redis does not have the line."),
        "last_ticket": orNull("The place that was handed out last."),
        "served_ticket": orNull("The place that was decided last."),
        "joined_per_hour": orNull("Tickets handed out, at the pace of the two latest samples."),
        "decided_per_hour": orNull("Tickets decided, at the same pace."),
        "worker": orNull("Who serves it.", "string"),
        "lease_ms_left": orNull("How long that worker's lease holds unless it is renewed."),
        "sample": ["oneOf": [["$ref": "#/components/schemas/Sample"], ["type": "null"]]],
    ])

    private static let worker = object(required: [
        "name": text("Its name."),
        "products": count("How many products it serves."),
        "started_at": time("When it started."),
    ])

    private static let check = object(required: [
        "name": text("A store, or the breaker in front of it."),
        "ok": ["type": "boolean"],
        "detail": text("The state it is in."),
    ])

    private static let sample = object(required: [
        "at": time("When it was taken."),
        "waiting": count("Entries that waited."),
        "last_ticket": count("The place that was handed out last."),
        "served_ticket": count("The place that was decided last."),
        "available": count("Units that nobody had bought or held."),
        "held": count("Units in holds and unpaid orders."),
        "sold": count("Units in completed orders."),
        "ordered": count("Tickets that got their units so far, at least for a while."),
        "sold_out": count("Tickets that found the units gone."),
        "gone": count("Tickets whose cart ran out, or whose user left."),
        "already_purchased": count("Tickets of users who had bought before."),
        "failed": count("Tickets that nobody could process."),
    ])

    private static let sampleList = object(required: [
        "product_id": productID,
        "span": sampleSpan,
        "samples": ["type": "array", "items": ["$ref": "#/components/schemas/Sample"]],
    ])

    private static let failedEntry = object(required: [
        "id": count("Its number."),
        "product_id": productID,
        "place": orNull("Whose place it was and which, where that can be read.", "string"),
        "reason": text("Why it could not be processed."),
        "attempts": count("How often it was tried."),
        "at": time("When it was put aside."),
    ])

    private static let payment = object(required: [
        "event_id": text("The provider's name for the event."),
        "order_id": text("The order, as PRODUCT-TICKET."),
        "status": choice(["paid", "failed"], "What the provider said."),
        "amount": count("In the currency's minor unit."),
        "currency": text("ISO 4217, three letters."),
        "received_at": time("When it came in."),
    ])

    private static let action = object(required: [
        "id": count("Its number."),
        "at": time("When it was done."),
        "actor": text("Who: console, or cli:USER@HOST."),
        "action": text("What: pause, resume, restock, …"),
        "product_id": orNull("To which product; null for none or several."),
        "detail": text("How, as a JSON object in a string."),
        "result": text("done, or what was refused and why."),
    ])

    private static let actionResult = object(required: [
        "action": text("What was done."),
        "summary": text("What it came to, for a person."),
        "problems": ["type": "array", "items": ["type": "string"], "description": "What could not be done."],
    ])
}
