import FlashSale
import NIOConcurrencyHelpers

/// Products in memory.
final class MemoryCatalogue: ProductCatalogue {
    private let state = NIOLockedValueBox<(products: [ProductID: Product], isAway: Bool)>(([:], false))

    /// Adds or replaces a product.
    func put(_ product: Product) { state.withLockedValue { $0.products[product.id] = product } }

    /// Makes every read fail, as when the store can't be reached; what is known stays known.
    func goAway() { state.withLockedValue { $0.isAway = true } }

    func product(_ id: ProductID) async throws -> Product? { try read()[id] }

    func products() async throws -> [Product] { try read().values.sorted { $0.id < $1.id } }

    func isKnown(_ id: ProductID) -> Bool { state.withLockedValue { $0.products[id] != nil } }

    private func read() throws -> [ProductID: Product] {
        try state.withLockedValue { state in
            if state.isAway { throw StoreUnavailable(reason: "SELECT * FROM products: server has gone away") }
            return state.products
        }
    }
}
