import FlashSale

extension MemoryBooks {
    /// A draw that is to come; its seed is the product's number, so that a schedule is the same each time.
    static func draw(of product: Product) -> DrawRecord? {
        guard let terms = product.access.draw,
            let secret = DrawDigest(Array(repeating: UInt8(product.id.rawValue), count: 32))
        else { return nil }
        let seed = DrawSeed(secret)
        return DrawRecord(
            product: product.id,
            terms: terms,
            seed: seed,
            commitment: seed.commitment(for: product.id, beacon: terms.beacon),
            beaconValue: nil,
            roster: nil,
            isDrawn: false,
            isPlaced: false
        )
    }

    func rosterProgress(of product: ProductID) -> RosterProgress {
        let pages = shelves[product.index].rosterPages
        return RosterProgress(
            pages: pages.count,
            read: pages.last?.read ?? 0,
            entries: pages.reduce(0) { $0 + $1.entries },
            roots: pages.map(\.root)
        )
    }

    func addRosterPage(_ page: RosterPage, of product: ProductID, fence: Fence) throws {
        try compareFence(fence, of: product)
        let index = product.index
        guard shelves[index].draw?.roster == nil,
            !shelves[index].rosterPages.contains(where: { $0.number == page.number })
        else { return }
        shelves[index].rosterPages.append(page)
    }

    func rosterPages(of product: ProductID, from page: Int, limit: Int) -> [RosterPage] {
        Array(shelves[product.index].rosterPages.filter { $0.number >= page }.prefix(limit))
    }

    func fixRoster(_ roster: FixedRoster, of product: ProductID, fence: Fence) throws {
        try compareFence(fence, of: product)
        let index = product.index
        guard shelves[index].draw?.roster == nil else { return }
        let known = shelves[index].lastKnownTicket
        shelves[index].draw?.roster = roster
        guard known + 1 < roster.firstTicket.rawValue else { return }
        paths.count(.numbersUndrawn)
        addRange(
            index,
            Shelf.TicketRange(from: known + 1, to: roster.firstTicket.rawValue - 1, outcome: .undrawn)
        )
    }

    func markDrawn(_ product: ProductID, fence: Fence) throws {
        try compareFence(fence, of: product)
        if shelves[product.index].draw?.roster != nil { shelves[product.index].draw?.isDrawn = true }
    }

    func markPlaced(_ product: ProductID, fence: Fence) throws {
        try compareFence(fence, of: product)
        if shelves[product.index].draw?.isDrawn == true { shelves[product.index].draw?.isPlaced = true }
    }
}
