import FlashSale

/// A payment event as a provider would send it.
struct SimulatedEvent: Equatable {
    let id: String
    let order: OrderID
    let status: PaymentEvent.Status
    /// In the currency's minor unit.
    let amount: Int64
    let currency: Currency

    /// The body of the webhook.
    var body: [UInt8] {
        let document: JSONOutput = [
            "event_id": JSONOutput(id),
            "order_id": JSONOutput(order.description),
            "status": JSONOutput(status.rawValue),
            "amount": JSONOutput(amount),
            "currency": JSONOutput(currency.code),
        ]
        return Array(document.rendered.utf8)
    }

    /// The headers of Standard Webhooks, signed now with the first secret; none where events are not signed.
    func headers(secret: WebhookSecret?, at now: Timestamp) -> [(String, String)] {
        guard let secret else { return [] }
        let seconds = now.milliseconds / 1_000
        return [
            ("webhook-id", id),
            ("webhook-timestamp", String(seconds)),
            ("webhook-signature", WebhookSignature.sign(id: id, timestamp: seconds, body: body, with: secret)),
        ]
    }
}
