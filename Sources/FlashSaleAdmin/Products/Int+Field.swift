import FlashSale

extension Int {
    /// A whole number as somebody typed it.
    ///
    /// - Throws: `InvalidValue` that names the field.
    init(field: String, text: String) throws(InvalidValue) {
        guard let number = Int(text), !text.hasPrefix("+") else {
            throw InvalidValue(
                field: field,
                problem: "'\(text)' is not a whole number",
                remedy: "Write it with digits alone"
            )
        }
        self = number
    }
}
