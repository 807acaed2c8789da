import ArgumentParser
import FlashSale

/// The product that a command is about.
struct ProductSelection: ParsableArguments {
    @Argument(help: ArgumentHelp("The product's number; see flashsale product list.", valueName: "id"))
    var number: String

    /// The number, checked.
    ///
    /// - Throws: `InvalidValue` that names `id`.
    func productID() throws(InvalidValue) -> ProductID {
        guard let id = ProductID(text: number) else {
            throw InvalidValue(
                field: "id",
                problem: "'\(number)' is not a product's number",
                remedy: "Give a whole number from 1; list the products with: flashsale product list"
            )
        }
        return id
    }
}
