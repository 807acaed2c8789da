import FlashSale
import FlashSaleStorage

extension StoredMessage {
    /// The document that `--json` prints.
    var json: JSONOutput {
        [
            "id": JSONOutput(message.id),
            "order_id": JSONOutput(message.order.description),
            "event": JSONOutput(message.event.rawValue),
            "state": JSONOutput(state.rawValue),
            "attempts": JSONOutput(message.attempts),
            "created_at": JSONOutput(message.createdAt.description),
            "next_attempt_at": JSONOutput(nextAttemptAt?.description),
            "delivered_at": JSONOutput(deliveredAt?.description),
            "last_error": JSONOutput(lastError),
            "payload": JSONOutput(message.payload),
        ]
    }

    /// When it is tried next: `in 12 s`.
    fileprivate func nextAttempt(at now: Timestamp) -> String {
        guard state == .waiting, let nextAttemptAt else { return "-" }
        let seconds = now.seconds(until: nextAttemptAt)
        return seconds > 0 ? "in \(seconds) s" : "now"
    }
}

extension [StoredMessage] {
    /// One row each.
    func table(at now: Timestamp) -> Table {
        Table(
            [
                .init("id", .right), .init("event"), .init("order"), .init("state"), .init("tries", .right),
                .init("next try", .right), .init("written"), .init("last error"),
            ],
            rows: map { stored in
                [
                    "\(stored.message.id)", stored.message.event.rawValue, "\(stored.message.order)",
                    stored.state.rawValue, "\(stored.message.attempts)", stored.nextAttempt(at: now),
                    "\(stored.message.createdAt)", stored.lastError ?? "",
                ]
            }
        )
    }
}
