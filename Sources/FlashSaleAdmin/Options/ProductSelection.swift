import ArgumentParser
import FlashSale

/// The product that a command is about.
struct ProductSelection: ParsableArguments {
    @Argument(help: ArgumentHelp("The product's number; see flashsale product list.", valueName: "id"))
    var number: String

    /// The number, checked.
    ///
    /// - Throws: `InvalidValue` that names `id`.
    func productID() throws(InvalidValue) -> ProductID { try ProductID(typed: number, field: "id") }
}

extension ProductID {
    /// A product's number as somebody typed it.
    ///
    /// - Throws: `InvalidValue` that names the field.
    init(typed text: String, field: String) throws(InvalidValue) {
        guard let id = ProductID(text: text) else {
            throw InvalidValue(
                field: field,
                problem: "'\(text)' is not a product's number",
                remedy: "Give a whole number from 1; list the products with: flashsale product list"
            )
        }
        self = id
    }
}
