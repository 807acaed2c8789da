import FlashSale

extension Problem {
    /// 404 for a hold that never was.
    static let holdNotFound = Problem(.holdNotFound, "There is no such hold.")

    /// 404 for an order that does not exist, or not yet.
    static let orderNotFound = Problem(
        .orderNotFound,
        "There is no such order. A user who still waits in line, or left it without a unit, has none."
    )

    /// Why a hold can't be checked out or given back.
    init(refusal: OrderTransition.Refusal) {
        switch refusal {
        case .notFound: self = .holdNotFound
        case .expired: self.init(.holdExpired, "The hold ran out before this. Its units went to the next in line.")
        case .released: self.init(.holdReleased, "The hold was given back. Its units went to the next in line.")
        case .used: self.init(.holdUsed, "The hold became an order, and this can't be done with it any more.")
        }
    }

    /// 401 for a payment event that nobody we know has signed; which part was wrong stays in the log.
    init(refusal: WebhookRefusal) {
        self.init(
            .badSignature,
            "The signature is missing, wrong, too old, or that of another body.",
            reason: refusal.description
        )
    }

    /// 409 for a payment of another sum than the order's.
    static func wrongAmount(expected: Int64, currency: Currency) -> Problem {
        Problem(
            .conflicting,
            "The amount or the currency is not the order's. The event is on record for a person, and the order unpaid.",
            extensions: [
                Extension(name: "expected_amount", value: .number(Int(expected))),
                Extension(name: "expected_currency", value: .text(currency.code)),
            ]
        )
    }

    /// 409 for an event whose id was used for another.
    static let eventConflict = Problem(
        .eventConflict,
        "Another event with this event_id says something else. The first one stands."
    )
}
