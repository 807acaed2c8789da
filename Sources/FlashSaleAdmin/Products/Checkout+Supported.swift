import FlashSale

extension Checkout {
    /// The checkouts that can be sold with: the others come with orders and payments.
    static let supported: [Checkout] = [.instant]

    /// A checkout as somebody typed it.
    ///
    /// - Throws: `InvalidValue` that names `checkout`, for a word that is none and for one that cannot be used yet.
    init(supported text: String) throws(InvalidValue) {
        let usable = Self.supported.map(\.rawValue).joined(separator: ", ")
        guard let checkout = Checkout(rawValue: text) else {
            throw InvalidValue(
                field: "checkout",
                problem: "'\(text)' is not a kind of checkout",
                remedy: "Choose \(usable)"
            )
        }
        guard Self.supported.contains(checkout) else {
            throw InvalidValue(
                field: "checkout",
                problem: "'\(text)' needs orders and payments, which this version does not have",
                remedy: "Choose \(usable)"
            )
        }
        self = checkout
    }
}
