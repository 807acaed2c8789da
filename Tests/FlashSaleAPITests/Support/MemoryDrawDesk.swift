import FlashSale

/// One draw in memory, or none.
struct MemoryDrawDesk: DrawDesk {
    var record: DrawRecord?
    var pages: [RosterPage] = []
    var decisions: [DrawnDecision] = []

    func draw(of product: ProductID) async throws -> DrawRecord? { record?.product == product ? record : nil }

    func rosterPages(of product: ProductID, from page: Int, limit: Int) async throws -> [RosterPage] {
        Array(pages.dropFirst(page).prefix(limit))
    }

    func decisions(on draw: DrawRecord, after ticket: Int64, limit: Int) async throws -> [DrawnDecision] {
        Array(decisions.filter { $0.ticket.rawValue > ticket }.prefix(limit))
    }

    func proof(of user: UserID, in draw: DrawRecord) async throws -> DrawProof? {
        let entries = try pages.flatMap { try RosterPage.entries(of: $0.text) }
        guard let index = entries.firstIndex(where: { $0.user == user }) else { return nil }
        let salt = draw.document.salt
        let leaves = entries.map { $0.hashed(with: salt).leaf }
        let order = draw.document.key?.order(count: entries.count)
        return DrawProof(
            entry: entries[index].hashed(with: salt),
            merkle: MerkleProof(
                index: index,
                count: entries.count,
                siblings: MerkleProof.siblings(of: index, in: leaves)
            ),
            rank: order?.firstIndex(of: UInt32(index))
        )
    }
}
