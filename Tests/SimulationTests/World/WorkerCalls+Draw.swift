import FlashSale

// No product of this world is drawn, so that none of these is called.

extension WorkerLine {
    func closeEntries(of product: ProductID, fence: Fence) async throws -> EntriesAnswer { .missing }

    func entries(of product: ProductID, fence: Fence, before: Int, limit: Int) async throws -> EntryPage? { nil }

    func place(_ chunk: DrawnChunk, fence: Fence) async throws -> Int? { nil }

    func claimDrawn(_ product: ProductID, fence: Fence, limit: Int, dropLimit: Int) async throws -> ClaimAnswer {
        .missing
    }
}

extension WorkerBooks {
    func draw(of product: ProductID) async throws -> DrawRecord? { nil }

    func rosterProgress(of product: ProductID) async throws -> RosterProgress {
        RosterProgress(pages: 0, read: 0, entries: 0, roots: [])
    }

    func addRosterPage(_ page: RosterPage, of product: ProductID, fence: Fence) async throws {}

    func rosterPages(of product: ProductID, from page: Int, limit: Int) async throws -> [RosterPage] { [] }

    func fixRoster(_ roster: FixedRoster, of product: ProductID, fence: Fence) async throws {}

    func markDrawn(_ product: ProductID, fence: Fence) async throws {}

    func markPlaced(_ product: ProductID, fence: Fence) async throws {}
}
