import FlashSale
import FlashSaleStorage

/// The product to try things with: number 1, a hundred units.
enum SampleProduct {
    /// Its number.
    static let id = ProductID(1)

    /// Creates it, unless there is a product of that number.
    ///
    /// - Parameter checkout: How it is bought, if it is created now.
    /// - Returns: The product, and the change if it was created now.
    /// - Throws: `StoreUnavailable`.
    static func seed(
        _ administration: SaleAdministration,
        checkout: Checkout
    ) async throws -> (product: Product, change: ProductChange?) {
        if let id, let product = try await administration.product(id) { return (product, nil) }
        let form = NewProductForm(
            name: "Limited Edition Sneaker",
            price: "99.99",
            stock: "100",
            checkout: checkout.rawValue
        )
        let change = try await administration.create(form.product(), id: id)
        return (change.product, change)
    }
}
