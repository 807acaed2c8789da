import FlashSale

extension OrderID {
    /// An order's name as somebody typed it.
    ///
    /// - Throws: `InvalidValue` that names the field.
    init(typed text: String, field: String) throws(InvalidValue) {
        guard let id = OrderID(text: text) else {
            throw InvalidValue(
                field: field,
                problem: "'\(text)' is not an order",
                remedy: "Give product and ticket, as in 7-1042; list the orders with: flashsale order list"
            )
        }
        self = id
    }
}
