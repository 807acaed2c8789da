public import FlashSale
import MariaDB

/// An entry of a line that could not be processed, kept for a person.
public struct DeadLetter: Hashable, Sendable {
    /// What the entry says, where it can be read.
    public struct Entry: Hashable, Sendable {
        /// The place that it had; it is decided as failed, or was lost with the entry.
        public var ticket: Ticket
        /// Whose place it was.
        public var user: UserID
        /// The units that were asked for.
        public var quantity: Int
    }

    /// Its number.
    public var id: Int64
    /// The product of the line.
    public var product: ProductID
    /// The claim that found it.
    public var batch: Int64
    /// The entry as it stood in Redis, the first 65,535 bytes of it.
    public var raw: [UInt8]
    /// Why it could not be processed.
    public var reason: String
    /// How often it was tried.
    public var attempts: Int
    /// When it was put aside, by the database's clock.
    public var createdAt: Timestamp
    /// What the entry says; nil when it is not of any known form.
    public var entry: Entry?

    /// The letter with these values; ``entry`` is read from the bytes.
    public init(
        id: Int64,
        product: ProductID,
        batch: Int64,
        raw: [UInt8],
        reason: String,
        attempts: Int,
        createdAt: Timestamp
    ) {
        self.id = id
        self.product = product
        self.batch = batch
        self.raw = raw
        self.reason = reason
        self.attempts = attempts
        self.createdAt = createdAt
        entry = try? EntryCodec.claimed(Array("\(CartVerdict.live.rawValue) ".utf8) + raw)
            .map { Entry(ticket: $0.ticket, user: $0.user, quantity: $0.quantity) }.get()
    }

    static let columns = "id, product_id, batch, raw, reason, attempts, created_at"

    init(row: MariaDBRow) throws {
        guard let product = ProductID(Int64(try row.int("product_id"))) else {
            throw StoreUnavailable(reason: "a row of dead_letters names a product that can't be")
        }
        self.init(
            id: Int64(try row.int("id")),
            product: product,
            batch: Int64(try row.int("batch")),
            raw: try row.bytes("raw"),
            reason: try row.string("reason"),
            attempts: try row.int("attempts"),
            createdAt: Timestamp(try row.dateTime("created_at"))
        )
    }
}

/// What became of a dead letter that was tried again.
public enum RetryAnswer: Hashable, Sendable {
    /// The user has this new place at the back of the line; the letter is gone.
    case joined(Ticket)
    /// The user has joined since and waits at this place; the letter is gone.
    case alreadyInLine(Ticket)
    /// The user has an order by now; the letter is gone.
    case decided(PurchaseStatus)
    /// No place was given; the letter is kept.
    case refused(JoinRefusal)
    /// The worker that put it aside has not told the line yet; the letter is kept.
    case notAcknowledged
    /// Nobody can tell whose place it was; the letter is kept.
    case unreadable

    /// Whether there is nothing left to do, and the letter is gone.
    public var isDone: Bool {
        switch self {
        case .joined, .alreadyInLine, .decided: true
        case .refused, .notAcknowledged, .unreadable: false
        }
    }
}

extension SaleAdministration {
    /// The most dead letters that ``deadLetterNumbers(of:)`` lists.
    public static let maximumDeadLetters = 100_000

    /// Entries that could not be processed, by rising id.
    ///
    /// - Parameters:
    ///   - product: Only of this product; nil for all.
    ///   - limit: The most letters to list.
    ///   - after: The id where the page before ended.
    /// - Throws: ``UnknownProduct``, ``StoreUnavailable``.
    public func deadLetters(of product: ProductID?, limit: Int, after: Int64? = nil) async throws -> [DeadLetter] {
        try await database.onConnection { connection in
            try Self.expectProduct(product, connection)
            return try connection.query(
                """
                SELECT \(DeadLetter.columns) FROM dead_letters
                WHERE id > ? AND (? IS NULL OR product_id = ?) ORDER BY id LIMIT ?
                """,
                [.integer(after ?? 0)] + Self.twice(product) + [.integer(Int64(limit))]
            ).map(DeadLetter.init)
        }
    }

    /// One dead letter; nil when there is none of that number.
    public func deadLetter(_ id: Int64) async throws -> DeadLetter? {
        try await database.onConnection { connection in
            try connection.query("SELECT \(DeadLetter.columns) FROM dead_letters WHERE id = ?", [.integer(id)])
                .first.map(DeadLetter.init)
        }
    }

    /// The ids of all dead letters, rising; the first ``maximumDeadLetters`` of them.
    ///
    /// - Parameter product: Only of this product; nil for all.
    /// - Throws: ``UnknownProduct``, ``StoreUnavailable``.
    public func deadLetterNumbers(of product: ProductID?) async throws -> [Int64] {
        try await database.onConnection { connection in
            try Self.expectProduct(product, connection)
            return try connection.query(
                "SELECT id FROM dead_letters WHERE ? IS NULL OR product_id = ? ORDER BY id LIMIT ?",
                Self.twice(product) + [.integer(Int64(Self.maximumDeadLetters))]
            ).map { Int64(try $0.int("id")) }
        }
    }

    /// Gives the user of a dead letter a new place at the back of the line, as if they had joined again.
    ///
    /// A decision never changes, and tickets are decided in rising order: hence a new ticket. The letter goes last, so after a
    /// crash the same call ends the same way: the user waits already.
    ///
    /// - Returns: What became of it; nil when there is no such letter.
    /// - Throws: ``StoreUnavailable``.
    public func retryDeadLetter(_ id: Int64) async throws -> RetryAnswer? {
        guard let letter = try await deadLetter(id) else { return nil }
        guard let entry = letter.entry else { return .unreadable }
        let line = RedisPurchaseLine(redis: redis, repeatedCallsPerMinute: 0, renewsCarts: false)
        let answer = RetryAnswer(
            try await line.join(JoinRequest(product: letter.product, user: entry.user, quantity: entry.quantity)),
            instead: entry.ticket
        )
        let detail: LogDetail = ["entry": .number(Int(id)), "user": .text(entry.user.rawValue)]
        let actor = actor
        try await database.inTransaction { connection in
            if answer.isDone {
                try connection.execute("DELETE FROM dead_letters WHERE id = ?", [.integer(id)])
            }
            let result = answer.isDone ? OperatorLog.done : "refused: \(answer.words)"
            try OperatorLog.write(actor, "retry_failed", letter.product, detail, result: result, connection)
        }
        return answer
    }

    /// Removes dead letters for good.
    ///
    /// - Returns: How many there were.
    /// - Throws: ``StoreUnavailable``.
    public func flushDeadLetters(_ ids: [Int64]) async throws -> Int {
        guard !ids.isEmpty else { return 0 }
        let actor = actor
        return try await database.inTransaction { connection in
            let flushed = try ids.reduce(0) { count, id in
                count
                    + Int(try connection.execute("DELETE FROM dead_letters WHERE id = ?", [.integer(id)]).affectedRows)
            }
            let named = ids.prefix(20).map { "\($0)" }.joined(separator: ",")
            let detail: LogDetail = ["flushed": .number(flushed), "entries": .text(named)]
            try OperatorLog.write(actor, "flush_failed", nil, detail, connection)
            return flushed
        }
    }

    private static func twice(_ product: ProductID?) -> [MariaDBValue] {
        Array(repeating: product.map { .integer($0.rawValue) } ?? .null, count: 2)
    }

    private static func expectProduct(_ id: ProductID?, _ connection: MariaDBConnection) throws {
        guard let id, try Product.read(id, connection) == nil else { return }
        throw UnknownProduct(id: id)
    }
}

extension RetryAnswer {
    /// What an answer to joining means for a letter whose place was `old`.
    fileprivate init(_ answer: JoinAnswer, instead old: Ticket) {
        switch answer {
        case .joined(let standing): self = .joined(standing.ticket)
        // Its own place: the cart has not heard yet that the entry was put aside, and will.
        case .alreadyInLine(let standing) where standing.ticket <= old: self = .notAcknowledged
        case .alreadyInLine(let standing): self = .alreadyInLine(standing.ticket)
        case .alreadyDecided(let standing): self = .decided(standing.status)
        case .refused(let refusal): self = .refused(refusal)
        }
    }
}
