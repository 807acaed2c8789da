import FlashSale
import Logging

/// A worker's work on one product's draw under one lease: read the roster, fix it, draw, and give the drawn their places.
///
/// Each step begins with what is on record, so that after any failure, or under another worker, the next one goes on where the
/// last one ended. MariaDB hears of a step first, the line second.
struct DrawTurn {
    /// What a step has come to.
    enum Step {
        /// There is more to do at once.
        case worked
        /// Until then, or until somebody has told the beacon's value, there is nothing to do.
        case waiting(Duration?)
        /// The line is not there.
        case missing
        /// Some of the drawn have their places, others follow.
        case placing
        /// Every drawn entrant has a place.
        case over
    }

    /// The most pages of the roster that are read in one step: the worker looks after its orders in between.
    private static let pagesPerStep = 32
    /// The most chunks that get their places in one step, before the next batch is served.
    private static let chunksPerStep = 8
    /// The most pages that are read from the books at once.
    private static let pagesPerRead = 16

    private let lease: Lease
    private let line: any ServedLine
    private let books: any SaleBooks
    private let logger: Logger
    private var record: DrawRecord?
    private var drawn: DrawnRoster?
    private var placed = 0

    init(lease: Lease, line: any ServedLine, books: any SaleBooks, logger: Logger) {
        self.lease = lease
        self.line = line
        self.books = books
        self.logger = logger
    }

    private var product: ProductID { lease.product }

    /// The fixed roster, as far as it is known.
    var roster: FixedRoster? { record?.roster }

    /// What is on record is read again before the next step.
    mutating func forget() { record = nil }

    /// Does the next piece of work.
    ///
    /// - Parameter nonce: Names the line as it is on record.
    mutating func step(nonce: String) async throws -> Step {
        guard let record = try await known() else { return .over }
        if record.isPlaced { return .over }
        guard let roster = record.roster else { return try await readRoster(record, nonce) }
        return record.isDrawn ? try await place(record, roster, nonce) : try await draw(record)
    }

    /// Takes some of the drawn from the line.
    func claim(limit: Int, dropLimit: Int) async throws -> ClaimAnswer {
        try await line.claimDrawn(product, fence: lease.fence, limit: limit, dropLimit: dropLimit)
    }

    private mutating func known() async throws -> DrawRecord? {
        if let record { return record }
        record = try await books.draw(of: product)
        return record
    }

    // MARK: The roster

    private mutating func readRoster(_ record: DrawRecord, _ nonce: String) async throws -> Step {
        let lastEntry: Int64
        switch try await line.closeEntries(of: product, fence: lease.fence) {
        case .missing: return .missing
        case .early(let time): return .waiting(time)
        case .closed(_, let last, let count):
            guard try await readPages(of: count, record) else { return .worked }
            lastEntry = last
        }
        let progress = try await books.rosterProgress(of: product)
        var root = MerkleRoot()
        for page in progress.roots { root.add(page) }
        let roster = FixedRoster(
            entrants: progress.entries,
            root: root.root,
            lastTicket: lastEntry,
            lineNonce: nonce
        )
        guard let roster else {
            throw StoreUnavailable(reason: "the line has handed out fewer numbers than it has entries")
        }
        try await books.fixRoster(roster, of: product, fence: lease.fence)
        logger.notice(
            "the draw's roster is fixed",
            metadata: ["entrants": "\(roster.entrants)", "root": "\(roster.root)"]
        )
        forget()
        return .worked
    }

    /// Reads the next pages of the line's list of entries.
    ///
    /// While the books take in a page, the next one is read and hashed.
    ///
    /// - Parameter count: How many entries the list has.
    /// - Returns: Whether all are read.
    private func readPages(of count: Int, _ record: DrawRecord) async throws -> Bool {
        let progress = try await books.rosterProgress(of: product)
        guard progress.read < count else { return true }
        let salt = record.document.salt
        var page = try await page(progress.pages, from: progress.read, to: count, salt)
        for _ in 1..<Self.pagesPerStep where page.read < count {
            let current = page
            async let added: Void = books.addRosterPage(current, of: product, fence: lease.fence)
            page = try await self.page(current.number + 1, from: current.read, to: count, salt)
            try await added
        }
        // People who have left make no page of their own at the end.
        if page.entries > 0 { try await books.addRosterPage(page, of: product, fence: lease.fence) }
        return page.read >= count
    }

    /// Reads until a page is full, or the list at its end.
    private func page(_ number: Int, from start: Int, to count: Int, _ salt: DrawSalt) async throws -> RosterPage {
        var (text, entries, read): ([UInt8], Int, Int) = ([], 0, start)
        while read < count, entries < RosterPage.size {
            let limit = min(RosterPage.size - entries, count - read)
            let part = try await line.entries(of: product, fence: lease.fence, before: read, limit: limit)
            guard let part, part.read > 0 else { throw StoreUnavailable(reason: "the line's entries are gone") }
            read += part.read
            entries += part.text.count { $0 == UInt8(ascii: "\n") }
            text += part.text
        }
        return try RosterPage(number: number, text: text, read: read, salt: salt)
    }

    // MARK: The order

    private mutating func draw(_ record: DrawRecord) async throws -> Step {
        guard record.terms.beacon == nil || record.beaconValue != nil else {
            // Asked again with the next step: somebody may tell it at any time.
            forget()
            return .waiting(nil)
        }
        try await books.markDrawn(product, fence: lease.fence)
        logger.notice("the draw is made", metadata: ["entrants": "\(record.roster?.entrants ?? 0)"])
        forget()
        return .worked
    }

    private mutating func place(_ record: DrawRecord, _ roster: FixedRoster, _ nonce: String) async throws -> Step {
        guard roster.lineNonce == nonce else {
            logger.error("the drawn have lost their places with the line")
            return try await end()
        }
        let drawn = try await order(record, roster)
        for _ in 0..<Self.chunksPerStep {
            let ranks = placed..<min(placed + DrawnChunk.mostEntries, drawn.count)
            let chunk = DrawnChunk(
                product: product,
                nonce: nonce,
                rank: placed,
                ticket: roster.firstTicket.rawValue + Int64(placed),
                total: drawn.count,
                text: drawn.text(of: ranks)
            )
            guard let next = try await line.place(chunk, fence: lease.fence) else { return .missing }
            placed = next
            if placed >= drawn.count {
                logger.notice("all drawn have their places", metadata: ["entrants": "\(drawn.count)"])
                return try await end()
            }
        }
        return .placing
    }

    private mutating func end() async throws -> Step {
        try await books.markPlaced(product, fence: lease.fence)
        drawn = nil
        forget()
        return .worked
    }

    /// The order, drawn again from what is on record: it is the same whoever draws it.
    private mutating func order(_ record: DrawRecord, _ roster: FixedRoster) async throws -> DrawnRoster {
        if let drawn { return drawn }
        var pages: [RosterPage] = []
        while true {
            let more = try await books.rosterPages(of: product, from: pages.count, limit: Self.pagesPerRead)
            pages += more
            if more.count < Self.pagesPerRead { break }
        }
        guard let key = record.document.key,
            let drawn = DrawnRoster(pages, entrants: roster.entrants, key: key)
        else { throw StoreUnavailable(reason: "the roster of product \(product) is not the one that was fixed") }
        self.drawn = drawn
        return drawn
    }
}
