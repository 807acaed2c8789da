import FlashSale

/// The body of a payment event.
///
/// Fields that we don't know are passed over, since providers add some from time to time; those that we know are read as
/// strictly as any.
struct PaymentBody: Hashable {
    /// What the body says.
    let event: PaymentEvent

    /// Reads a body whose signature was verified.
    ///
    /// - Throws: ``Problem``: `invalid_json` or `invalid_field`.
    init(_ bytes: [UInt8]) throws(Problem) {
        var fields = try BodyFields(bytes)
        let id = fields.text("event_id", Self.idRemedy) { Self.isPlainID($0) ? $0 : nil }
        let order = fields.text("order_id", "Send the order_id of the order, PRODUCT-TICKET") { OrderID(text: $0) }
        // A word that we don't know must never count as a failed payment: that would cancel the order.
        let status = fields.text("status", "Send paid or failed") { PaymentEvent.Status(rawValue: $0) }
        let amount = fields.integer("amount", in: 0...PaymentEvent.maximumAmount)
        let currency = fields.text("currency", "Send a code of ISO 4217 in capital letters") { Self.currency($0) }
        guard let id, let order, let status, let amount, let currency else { throw fields.problem }
        event = PaymentEvent(id: id, order: order, status: status, amount: amount, currency: currency, raw: bytes)
    }

    private static let idRemedy =
        "Send 1 to \(PaymentEvent.maximumIDLength) printable characters of ASCII without blanks"

    /// String compares a Kelvin sign equal to a K: nothing but ASCII may pass for a code.
    private static func currency(_ text: String) -> Currency? { text.utf8.count == 3 ? Currency(text) : nil }

    private static func isPlainID(_ text: String) -> Bool {
        (1...PaymentEvent.maximumIDLength).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
