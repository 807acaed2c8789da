import FlashSale

extension Problem {
    /// How soon to come back to a line that is paused or full, in seconds.
    private static let lineRetrySeconds = 5
    /// A client that is told to wait longer than this, in seconds, would sleep through a change of the opening time.
    private static let longestOpeningWait: Int64 = 3_600

    /// Why no place was given, as a client reads it.
    ///
    /// - Parameter isKnown: Whether the product exists as far as this process knows: then its line is being reopened.
    init(refusal: JoinRefusal, isKnown: Bool, now: Timestamp) {
        switch refusal {
        case .unknownProduct: self = .unknownSale(isKnown: isKnown)
        case .notOpenYet(let opensAt): self = .notOpenYet(opensAt, now: now)
        case .closed(let closedAt):
            self.init(
                .saleClosed,
                "The sale closed at \(closedAt).",
                extensions: [Extension(name: "closes_at", value: .text(closedAt.description))]
            )
        case .paused:
            self.init(.paused, "The shop has paused the line.", retryAfterSeconds: Self.lineRetrySeconds)
        case .soldOut: self.init(.soldOut, "The last unit is gone.")
        case .alreadyPurchased(let order):
            self.init(
                .alreadyPurchased,
                "This user has an order of this product already.",
                extensions: order.map { [Extension(name: "order_id", value: .text($0.description))] } ?? []
            )
        case .quantityTooHigh(let maximum): self = .quantityTooHigh(maximum: maximum)
        case .queueFull(let maximum):
            self.init(
                .queueFull,
                "As many users wait as may wait.",
                retryAfterSeconds: Self.lineRetrySeconds,
                extensions: [Extension(name: "max_queue", value: .number(maximum))]
            )
        case .rateLimited(let seconds):
            self.init(.rateLimited, "This user has asked too often.", retryAfterSeconds: max(1, seconds))
        }
    }

    /// A sale that the line does not know.
    ///
    /// - Parameter isKnown: Whether the product exists as far as this process knows: then its line is being reopened.
    static func unknownSale(isKnown: Bool) -> Problem { isKnown ? .reopening : .productNotFound }

    /// 404 for a user who stands nowhere.
    static let notInLine = Problem(.notInLine, "This user neither waits for this product nor has an outcome.")

    /// 409 for a place that can't be given up any more.
    static func alreadyDecided(_ status: PurchaseStatus?) -> Problem {
        // Not `status`: in a problem document that is the HTTP status (RFC 9457, section 3.1.3).
        let found = status.map { [Extension(name: "purchase_status", value: .text($0.rawValue))] }
        return Problem(
            .alreadyDecided,
            "The place is being served or was decided: it can't be given up any more.",
            extensions: found ?? []
        )
    }

    private static let reopening = Problem(.unavailable, "The line of this product is being opened again.")

    private static func quantityTooHigh(maximum: Int) -> Problem {
        invalidFields([
            InvalidValue(
                field: "quantity",
                problem: "exceeds what one user may order of this product",
                remedy: "Send a whole number from 1 to \(maximum)"
            )
        ])
    }

    private static func notOpenYet(_ opensAt: Timestamp, now: Timestamp) -> Problem {
        let seconds = max(1, (opensAt.microseconds - now.microseconds + 999_999) / 1_000_000)
        return Problem(
            .saleNotOpen,
            "The sale opens at \(opensAt).",
            retryAfterSeconds: seconds <= longestOpeningWait ? Int(seconds) : nil,
            extensions: [Extension(name: "opens_at", value: .text(opensAt.description))]
        )
    }
}
