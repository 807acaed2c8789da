import FlashSale
import Testing

@Suite("A roster as it is stored")
struct RosterPageTests {
    private let product = ProductID(7)
    private let users = (1...10_000).map { "user\($0)" }

    private func salt() throws -> DrawSalt {
        let product = try #require(product)
        return DrawSalt(product: product, commitment: DrawSeed.random().commitment(for: product, beacon: nil))
    }

    private func pages(_ salt: DrawSalt) throws -> [RosterPage] {
        try stride(from: 0, to: users.count, by: RosterPage.size).enumerated().map { number, start in
            let part = users[start..<min(start + RosterPage.size, users.count)]
            let text = part.enumerated().map { "\(start + $0 + 1) 2 \($1)\n" }.joined()
            return try RosterPage(number: number, text: Array(text.utf8), read: start + part.count, salt: salt)
        }
    }

    @Test("The roots of the pages add up to the root of all entries, and ways through both to a proof")
    func roots() throws {
        let salt = try salt()
        let pages = try pages(salt)
        #expect(pages.map(\.entries) == [4_096, 4_096, 1_808])
        var (whole, ofPages) = (MerkleRoot(), MerkleRoot())
        let leaves = try pages.flatMap { try RosterPage.leaves(of: $0.text, salt: salt) }
        for leaf in leaves { whole.add(leaf) }
        for page in pages { ofPages.add(page.root) }
        #expect(whole.root == ofPages.root && whole.count == 10_000)
        for place in [0, 4_095, 4_096, 8_191, 8_192, 9_999] {
            let (page, offset) = (place / RosterPage.size, place % RosterPage.size)
            let own = Array(leaves[page * RosterPage.size..<min((page + 1) * RosterPage.size, leaves.count)])
            let siblings =
                MerkleProof.siblings(of: offset, in: own) + MerkleProof.siblings(of: page, in: pages.map(\.root))
            let proof = MerkleProof(index: place, count: leaves.count, siblings: siblings)
            #expect(proof.proves(leaves[place], in: whole.root))
        }
    }

    @Test(
        "A line that is no entry is noticed",
        arguments: ["1 2", "1 2 a b", "x 2 ann", "1 x ann", " 1 2 ann", "1 -2 ann"]
    )
    func unreadable(line: String) {
        #expect(throws: StoreUnavailable.self) { try RosterPage.entries(of: Array("\(line)\n".utf8)) }
    }

    @Test("A drawn roster has everybody once, in the key's order; with another number of entrants there is none")
    func drawn() throws {
        let pages = try pages(try salt())
        let product = try #require(product)
        let root = try #require(DrawDigest(Array(repeating: 1, count: 32)))
        let key = DrawKey(product: product, seed: .random(), root: root, randomness: nil)
        let drawn = try #require(DrawnRoster(pages, entrants: 10_000, key: key))
        #expect(drawn.count == 10_000)
        let lines = String(decoding: drawn.text(of: 0..<10_000), as: UTF8.self).split(separator: "\n")
        let order = key.order(count: 10_000)
        #expect(lines.map(String.init) == order.map { "\($0 + 1) 2 user\($0 + 1)" })
        #expect(drawn.text(of: 5..<5).isEmpty)
        #expect(DrawnRoster(pages, entrants: 9_999, key: key) == nil)
    }

    @Test("The drawn have the last numbers before the first who came later")
    func tickets() throws {
        let root = try #require(DrawDigest(Array(repeating: 1, count: 32)))
        let roster = try #require(FixedRoster(entrants: 3, root: root, lastTicket: 10, lineNonce: "n"))
        #expect(roster.firstTicket.rawValue == 8)
        let included = try (7...11).filter { roster.includes(try #require(Ticket($0))) }
        #expect(included == [8, 9, 10])
        let empty = try #require(FixedRoster(entrants: 0, root: root, lastTicket: 10, lineNonce: "n"))
        #expect(empty.firstTicket.rawValue == 11)
        #expect(FixedRoster(entrants: 11, root: root, lastTicket: 10, lineNonce: "n") == nil)
    }
}
