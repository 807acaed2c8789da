import FlashSale

/// What everybody may see of draws, behind MariaDB's breaker.
struct GuardedDrawDesk: DrawDesk {
    let desk: any DrawDesk
    let store: GuardedStore

    func draw(of product: ProductID) async throws -> DrawRecord? {
        try await store.run { try await desk.draw(of: product) }
    }

    func rosterPages(of product: ProductID, from page: Int, limit: Int) async throws -> [RosterPage] {
        try await store.run { try await desk.rosterPages(of: product, from: page, limit: limit) }
    }

    func decisions(on draw: DrawRecord, after ticket: Int64, limit: Int) async throws -> [DrawnDecision] {
        try await store.run { try await desk.decisions(on: draw, after: ticket, limit: limit) }
    }

    func proof(of user: UserID, in draw: DrawRecord) async throws -> DrawProof? {
        try await store.run { try await desk.proof(of: user, in: draw) }
    }
}
