import FlashSale

extension Checkout {
    /// A kind of checkout as somebody typed it.
    ///
    /// - Throws: `InvalidValue` that names `checkout`.
    init(typed text: String) throws(InvalidValue) {
        guard let checkout = Checkout(rawValue: text) else {
            throw InvalidValue(
                field: "checkout",
                problem: "'\(text)' is not a kind of checkout",
                remedy: "Choose \(Self.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        self = checkout
    }
}
