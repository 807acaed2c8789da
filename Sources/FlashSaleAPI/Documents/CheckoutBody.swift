import FlashSale

/// The body of a checkout: `{"hold_id": "7-1042"}`.
struct CheckoutBody: Hashable {
    /// The hold to turn into an order.
    let hold: OrderID

    /// Reads a body.
    ///
    /// - Throws: ``Problem``: `invalid_json` or `invalid_field`.
    init(_ bytes: [UInt8]) throws(Problem) {
        var fields = try BodyFields(bytes)
        let hold = fields.text("hold_id", "Send the hold_id of the hold, PRODUCT-TICKET") { OrderID(text: $0) }
        fields.refuseOthers(than: "hold_id")
        guard let hold, fields.isGood else { throw fields.problem }
        self.hold = hold
    }
}
