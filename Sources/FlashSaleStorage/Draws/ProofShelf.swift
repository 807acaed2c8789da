import FlashSale
import MariaDB
import Resilience

/// What finds an entrant in a roster, kept in memory: a million entrants take some 12 MB, and a few seconds once.
///
/// An actor, so that a crowd that asks for its proofs finds each roster read once.
actor ProofShelf {
    /// The most rosters that are kept.
    private static let mostRosters = 4
    /// Pages of one read.
    private static let pagesPerRead = 16

    private struct Key: Hashable {
        let product: ProductID
        let root: DrawDigest
        let isDrawn: Bool
    }

    private let database: GuardedMariaDBClient
    private var indexes: [(key: Key, index: Task<ProofIndex, any Error>)] = []

    init(database: GuardedMariaDBClient) { self.database = database }

    func proof(of user: UserID, in draw: DrawRecord) async throws -> DrawProof? {
        guard let roster = draw.roster else { return nil }
        let index = try await index(of: draw, roster)
        for place in index.places(of: user) {
            let (page, offset) = (place / RosterPage.size, place % RosterPage.size)
            let found = try await database.onConnection { connection in
                try StoredDraw.pages(of: draw.product, from: page, limit: 1, connection).first
            }
            guard let found else { continue }
            let proof = try await Self.proof(of: user, place, offset, found, index, draw)
            if let proof { return proof }
        }
        return nil
    }

    /// Not on the actor: hashing a page takes some milliseconds, and others may ask meanwhile.
    @concurrent
    private static func proof(
        of user: UserID,
        _ place: Int,
        _ offset: Int,
        _ page: RosterPage,
        _ index: ProofIndex,
        _ draw: DrawRecord
    ) async throws -> DrawProof? {
        let entries = try RosterPage.entries(of: page.text)
        guard offset < entries.count, entries[offset].user == user, let roster = draw.roster else { return nil }
        let salt = draw.document.salt
        let leaves = entries.map { $0.hashed(with: salt).leaf }
        let siblings =
            MerkleProof.siblings(of: offset, in: leaves) + MerkleProof.siblings(of: page.number, in: index.roots)
        return DrawProof(
            entry: entries[offset].hashed(with: salt),
            merkle: MerkleProof(index: place, count: roster.entrants, siblings: siblings),
            rank: index.rank(of: place)
        )
    }

    private func index(of draw: DrawRecord, _ roster: FixedRoster) async throws -> ProofIndex {
        let key = Key(product: draw.product, root: roster.root, isDrawn: draw.isDrawn)
        if let known = indexes.first(where: { $0.key == key }) { return try await known.index.value }
        if indexes.count >= Self.mostRosters { indexes.removeFirst() }
        let database = database
        // Others wait for it: it must not end with the request that came first.
        let task = Task { try await Self.build(draw, roster, database) }
        indexes.append((key, task))
        do { return try await task.value } catch {
            indexes.removeAll { $0.key == key }
            throw error
        }
    }

    @concurrent
    private static func build(
        _ draw: DrawRecord,
        _ roster: FixedRoster,
        _ database: GuardedMariaDBClient
    ) async throws -> ProofIndex {
        var index = ProofIndex()
        var next = 0
        while true {
            let from = next
            let pages = try await database.onConnection { connection in
                try StoredDraw.pages(of: draw.product, from: from, limit: pagesPerRead, connection)
            }
            for page in pages { try index.add(page) }
            next += pages.count
            if pages.count < pagesPerRead { break }
        }
        guard index.count == roster.entrants else {
            throw StoreUnavailable(reason: "the roster of product \(draw.product) is not the one that was fixed")
        }
        index.finish(order: draw.document.key?.order(count: roster.entrants))
        return index
    }
}

/// Where each user stands in a roster, as far as a hash of 32 bits tells.
struct ProofIndex: Sendable {
    /// The roots of the roster's pages.
    private(set) var roots: [DrawDigest] = []
    /// Hash in the upper half, place in the lower.
    private var entries: [UInt64] = []
    /// At each place the rank.
    private var ranks: [UInt32]?

    var count: Int { entries.count }

    mutating func add(_ page: RosterPage) throws {
        roots.append(page.root)
        for entry in try RosterPage.entries(of: page.text) {
            entries.append(Self.hash(entry.user) << 32 | UInt64(entries.count))
        }
    }

    mutating func finish(order: [UInt32]?) {
        entries.sort()
        guard let order else { return }
        var ranks = [UInt32](repeating: 0, count: order.count)
        for (rank, place) in order.enumerated() { ranks[Int(place)] = UInt32(rank) }
        self.ranks = ranks
    }

    /// Places where the user may be.
    func places(of user: UserID) -> [Int] {
        let hash = Self.hash(user)
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle] >> 32 < hash { low = middle + 1 } else { high = middle }
        }
        return entries[low...].prefix { $0 >> 32 == hash }.map { Int($0 & 0xFFFF_FFFF) }
    }

    func rank(of place: Int) -> Int? { ranks.map { Int($0[place]) } }

    /// FNV-1a, the upper half of 64 bits folded into the lower.
    private static func hash(_ user: UserID) -> UInt64 {
        let hash = user.rawValue.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return (hash ^ (hash >> 32)) & 0xFFFF_FFFF
    }
}
