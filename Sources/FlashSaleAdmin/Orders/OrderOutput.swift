import FlashSale

extension Order {
    /// The document that `--json` prints: the API's fields.
    var json: JSONOutput {
        [
            "order_id": JSONOutput(id.description),
            "product_id": JSONOutput(id.product.rawValue),
            "ticket": JSONOutput(id.ticket.rawValue),
            "user_id": JSONOutput(user.rawValue),
            "quantity": JSONOutput(quantity),
            "status": JSONOutput(status.rawValue),
            "unit_price": JSONOutput(unitPrice.minorUnits),
            "amount": JSONOutput(amount),
            "currency": JSONOutput(unitPrice.currency.code),
            "created_at": JSONOutput(createdAt.description),
            "hold_expires_at": JSONOutput(holdExpiresAt?.description),
            "expires_at": JSONOutput(expiresAt?.description),
            "checked_out_at": JSONOutput(checkedOutAt?.description),
            "paid_at": JSONOutput(paidAt?.description),
            "ended_at": JSONOutput(endedAt?.description),
        ]
    }

    /// Everything about it, a line each.
    func facts(at now: Timestamp) -> String {
        Table(facts: [
            "Order": "\(id)",
            "User": "\(user)",
            "Units": "\(quantity) at \(unitPrice)",
            "Amount": amountText,
            "State": status.words,
            "Next": next(at: now),
            "Created": "\(createdAt)",
            "Hold ends": holdExpiresAt?.description ?? "-",
            "Checked out": checkedOutAt?.description ?? "-",
            "Paid": paidAt?.description ?? "-",
            "Ended": endedAt?.description ?? "-",
        ]).rendered()
    }

    /// What has to be paid, as people read it.
    var amountText: String { unitPrice.currency.text(amount) }

    /// What happens next, unless somebody does something.
    func next(at now: Timestamp) -> String {
        switch status {
        case .held: "\(runsOut(at: now)) unless it is checked out or paid"
        case .pending: "\(runsOut(at: now)) unless it is paid"
        case .completed: "nothing: the units are bought"
        case .cancelled, .expired: "nothing: the units are back on sale"
        case .refundDue: "the payment has to go back; see flashsale payment list --refund-due"
        }
    }

    /// When it runs out, seen from now: `runs out in 93 s`.
    private func runsOut(at now: Timestamp) -> String {
        guard let seconds = secondsLeft(at: now) else { return "waits" }
        return seconds > 0 ? "runs out in \(seconds) s" : "runs out with the worker's next sweep"
    }

    /// Seconds until it runs out, 0 when its time has come; nil when that can't happen.
    func secondsLeft(at now: Timestamp) -> Int64? {
        expiresAt.map { now.seconds(until: $0) }
    }
}

extension OrderStatus {
    /// The state in words.
    var words: String { rawValue.replacing("_", with: " ") }
}

extension [Order] {
    /// One row each.
    func table(at now: Timestamp) -> Table {
        Table(
            [
                .init("order"), .init("user"), .init("units", .right), .init("amount", .right), .init("state"),
                .init("runs out in", .right), .init("created"),
            ],
            rows: map { order in
                [
                    "\(order.id)", "\(order.user)", "\(order.quantity)", order.amountText, order.status.words,
                    order.secondsLeft(at: now).map { "\($0) s" } ?? "-", "\(order.createdAt)",
                ]
            }
        )
    }
}
