import FlashSale

/// The products on sale, read under the gate.
struct ProductService: Sendable {
    let catalogue: any ProductCatalogue
    let gate: RequestGate

    /// All products, by rising id.
    func products() async throws -> [Product] { try await gate.admit { try await catalogue.products() } }

    /// A product.
    ///
    /// - Throws: ``Problem``: `product_not_found`, `overloaded`; or the store's error.
    func product(_ id: ProductID) async throws -> Product {
        guard let product = try await gate.admit({ try await catalogue.product(id) }) else {
            throw Problem.productNotFound
        }
        return product
    }
}
