/// The products as shoppers see them: at most 60 seconds old, and refreshed by every change of product or stock.
public protocol ProductCatalogue: Sendable {
    /// One product, or nil when there is none of that number.
    ///
    /// - Throws: ``StoreUnavailable``.
    func product(_ id: ProductID) async throws -> Product?

    /// All products, by rising id.
    ///
    /// - Throws: ``StoreUnavailable``.
    func products() async throws -> [Product]

    /// Whether this process has seen the product, answered from memory: the purchase path asks no database.
    func isKnown(_ id: ProductID) -> Bool
}
