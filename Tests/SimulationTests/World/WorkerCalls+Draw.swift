import FlashSale

extension WorkerLine {
    func closeEntries(of product: ProductID, fence: Fence) async throws -> EntriesAnswer {
        try await world.call(.redis, "ends entering", by: worker) {
            let answer = try world.line.closeEntries(of: product, fence: fence)
            if case .closed = answer { world.noteEntrants(of: product) }
            return answer
        }
    }

    func entries(of product: ProductID, fence: Fence, before: Int, limit: Int) async throws -> EntryPage? {
        // Small pages: a worker may die between two of them, and people leave meanwhile.
        try await world.call(.redis, "reads entries", by: worker) {
            try world.line.entries(of: product, fence: fence, before: before, limit: min(limit, world.rules.step))
        }
    }

    func place(_ chunk: DrawnChunk, fence: Fence) async throws -> Int? {
        try await world.call(.redis, "places the drawn", by: worker) {
            let before = world.line.products[chunk.product.index].sale?.placedRank
            let next = try world.counting(.placingFenced) { try world.line.place(chunk, fence: fence) }
            if let next, next != before { world.judge(placed: chunk) }
            return next
        }
    }

    func claimDrawn(_ product: ProductID, fence: Fence, limit: Int, dropLimit: Int) async throws -> ClaimAnswer {
        try await world.call(.redis, "claims of the drawn", by: worker) {
            try world.counting(.claimFenced) {
                try world.line.claim(product, from: \.drawn, fence: fence, limit: limit, dropLimit: dropLimit)
            }
        }
    }
}

extension WorkerBooks {
    func draw(of product: ProductID) async throws -> DrawRecord? {
        try await world.call(.database, "reads the draw", by: worker) { world.books.shelves[product.index].draw }
    }

    func rosterProgress(of product: ProductID) async throws -> RosterProgress {
        try await world.call(.database, "reads how far the roster is", by: worker) {
            world.books.rosterProgress(of: product)
        }
    }

    func addRosterPage(_ page: RosterPage, of product: ProductID, fence: Fence) async throws {
        try await world.call(.database, "adds a page of the roster", by: worker, commits: true) {
            try world.books.addRosterPage(page, of: product, fence: fence)
        }
    }

    func rosterPages(of product: ProductID, from page: Int, limit: Int) async throws -> [RosterPage] {
        try await world.call(.database, "reads the roster", by: worker) {
            world.books.rosterPages(of: product, from: page, limit: limit)
        }
    }

    func fixRoster(_ roster: FixedRoster, of product: ProductID, fence: Fence) async throws {
        try await world.call(.database, "fixes the roster", by: worker, commits: true) {
            try world.books.fixRoster(roster, of: product, fence: fence)
        }
    }

    func markDrawn(_ product: ProductID, fence: Fence) async throws {
        try await world.call(.database, "draws", by: worker, commits: true) {
            try world.books.markDrawn(product, fence: fence)
        }
    }

    func markPlaced(_ product: ProductID, fence: Fence) async throws {
        try await world.call(.database, "ends the draw", by: worker, commits: true) {
            try world.books.markPlaced(product, fence: fence)
        }
    }
}
