import FlashSale

/// The worker's books behind MariaDB's breaker.
///
/// While it is open every call fails at once. A line that stands still asks for its product before it claims, so nothing
/// is claimed that could not be settled; renewing the leases, three times in their life, is the probe when nobody waits.
struct GuardedSaleBooks: SaleBooks {
    let books: any SaleBooks
    let store: GuardedStore

    func renewLeases(worker: String, for duration: Duration, maximum: Int) async throws -> [Lease] {
        try await store.run { try await books.renewLeases(worker: worker, for: duration, maximum: maximum) }
    }

    func releaseLeases(worker: String) async throws {
        try await store.run { try await books.releaseLeases(worker: worker) }
    }

    func product(_ id: ProductID) async throws -> Product? {
        try await store.run { try await books.product(id) }
    }

    func settle(_ claim: Claim, of product: ProductID, fence: Fence) async throws -> SettledClaim {
        try await store.run { try await books.settle(claim, of: product, fence: fence) }
    }

    func putAside(_ claim: Claim, of product: ProductID, fence: Fence, reason: String) async throws -> SettledClaim {
        try await store.run { try await books.putAside(claim, of: product, fence: fence, reason: reason) }
    }

    func decisions(on claim: Claim, of product: ProductID) async throws -> [Decision] {
        try await store.run { try await books.decisions(on: claim, of: product) }
    }

    func lastDecidedTicket(of product: ProductID) async throws -> Int64 {
        try await store.run { try await books.lastDecidedTicket(of: product) }
    }

    func nameLine(of product: ProductID, nonce: String) async throws -> (product: Product, isNew: Bool) {
        try await store.run { try await books.nameLine(of: product, nonce: nonce) }
    }

    func recordLostLine(
        of product: ProductID,
        newNonce: String,
        fence: Fence
    ) async throws -> (product: Product, lastTicket: Int64) {
        try await store.run { try await books.recordLostLine(of: product, newNonce: newNonce, fence: fence) }
    }

    func outcomes(of product: ProductID, after ticket: Int64, limit: Int) async throws -> OutcomePage {
        try await store.run { try await books.outcomes(of: product, after: ticket, limit: limit) }
    }

    func reopen(_ product: ProductID, lastTicket: Int64, fence: Fence) async throws -> Product {
        try await store.run { try await books.reopen(product, lastTicket: lastTicket, fence: fence) }
    }
}

extension GuardedSaleBooks {
    func productsToSweep(limit: Int) async throws -> [ProductID] {
        try await store.run { try await books.productsToSweep(limit: limit) }
    }

    func sweep(_ product: ProductID, fence: Fence, limit: Int) async throws -> OrderSweep {
        try await store.run { try await books.sweep(product, fence: fence, limit: limit) }
    }

    func markShown(_ sweep: OrderSweep) async throws {
        try await store.run { try await books.markShown(sweep) }
    }
}
