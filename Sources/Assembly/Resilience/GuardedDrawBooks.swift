import FlashSale

/// The worker's draws behind MariaDB's breaker.
struct GuardedDrawBooks: DrawBooks {
    let books: any DrawBooks
    let store: GuardedStore

    func draw(of product: ProductID) async throws -> DrawRecord? {
        try await store.run { try await books.draw(of: product) }
    }

    func rosterProgress(of product: ProductID) async throws -> RosterProgress {
        try await store.run { try await books.rosterProgress(of: product) }
    }

    func addRosterPage(_ page: RosterPage, of product: ProductID, fence: Fence) async throws {
        try await store.run { try await books.addRosterPage(page, of: product, fence: fence) }
    }

    func rosterPages(of product: ProductID, from page: Int, limit: Int) async throws -> [RosterPage] {
        try await store.run { try await books.rosterPages(of: product, from: page, limit: limit) }
    }

    func fixRoster(_ roster: FixedRoster, of product: ProductID, fence: Fence) async throws {
        try await store.run { try await books.fixRoster(roster, of: product, fence: fence) }
    }

    func markDrawn(_ product: ProductID, fence: Fence) async throws {
        try await store.run { try await books.markDrawn(product, fence: fence) }
    }

    func markPlaced(_ product: ProductID, fence: Fence) async throws {
        try await store.run { try await books.markPlaced(product, fence: fence) }
    }
}
