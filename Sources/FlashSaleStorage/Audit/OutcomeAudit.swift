import FlashSale
import MariaDB
import Redis
import Resilience

/// Invariant 6 for the outcomes that users of one product are shown.
///
/// MariaDB puts each page of decisions into one text, Redis compares it: this process passes it on and looks at what
/// differs.
struct OutcomeAudit: Sendable {
    /// Decisions of one page: a millisecond or two of Redis, and well below MariaDB's 1 MB for one text.
    private static let pageSize: Int64 = 2_000
    /// Tickets that one statement looks up.
    private static let lookupSize = 500

    let redis: GuardedRedisClient
    let database: GuardedMariaDBClient
    let product: ProductID
    /// The counter of changes that the comparison is good for.
    let changes: String

    /// Compares every decision with what its user is shown.
    ///
    /// - Returns: False when the line has moved on meanwhile.
    func compare(_ findings: inout AuditFindings) async throws -> Bool {
        var shown: Int64 = 0
        let isWhole = try await forEachPage { page in
            let reply = try await compare(page, mends: false)
            guard reply.count >= 3, try reply[0].string() == "compared" else { return false }
            findings.count(page.decisions, for: .copies)
            shown += try reply[1].integer()
            for row in reply[3...] { findings.add(Self.row(try row.string(), product), to: .copies) }
            findings.add(Int(try reply[2].integer()) - (reply.count - 3), to: .copies)
            return true
        }
        guard isWhole else { return false }
        // As many as are right by a decision of their own: then there is none without one.
        guard try await redis.send(RedisCommand("HLEN", key: LineKeys(product).outcomes)).integer() != shown else {
            return true
        }
        try await forEachPageOfStrays { strays in
            for stray in strays {
                let fields = [
                    AuditRow.Field("product", "\(product)"), .init("user", stray.user), .init("redis", stray.outcome),
                ]
                findings.add(AuditRow("the outcome belongs to no decision", fields), to: .copies)
            }
        }
        return true
    }

    /// Writes what MariaDB knows over what differs.
    ///
    /// - Returns: How many outcomes were dropped or written; nil when the line has moved on meanwhile.
    func mend() async throws -> Int? {
        var mended = 0
        try await forEachPageOfStrays { strays in
            let reply = try await redis.run(
                AuditScripts.dropOutcomes,
                keys: [LineKeys(product).outcomes],
                strays.flatMap { [RedisArgument($0.user), RedisArgument($0.outcome)] }
            )
            mended += Int(try reply.integer(1))
        }
        let isWhole = try await forEachPage { page in
            let reply = try await compare(page, mends: true)
            guard reply.count >= 3, try reply[0].string() == "compared" else { return false }
            mended += Int(try reply[2].integer())
            return true
        }
        if mended > 0 {
            let life = RedisArgument(RedisServedLine.outcomeLife.components.seconds)
            _ = try await redis.send(RedisCommand("EXPIRE", key: LineKeys(product).outcomes, [life]))
        }
        return isWhole ? mended : nil
    }

    private struct Page: Sendable {
        var lines: [UInt8]
        var decisions: Int
        var lastTicket: Int64
    }

    /// Reads the next page while Redis compares the last one: they are two machines.
    private func forEachPage(_ body: (Page) async throws -> Bool) async throws -> Bool {
        var page = try await read(after: 0)
        while let current = page {
            async let following = read(after: current.lastTicket)
            guard try await body(current) else { return false }
            page = try await following
        }
        return true
    }

    private func compare(_ page: Page, mends: Bool) async throws -> [RedisReply] {
        let keys = LineKeys(product)
        return try await redis.evaluate(
            AuditScripts.outcomes,
            keys: [keys.outcomes, keys.queue, keys.processing, keys.productChanges],
            [
                RedisArgument(page.lines), RedisArgument(page.decisions), RedisArgument(Audit.defaultRowLimit),
                mends ? "1" : "", RedisArgument(changes),
            ]
        ).array()
    }

    /// Reads a page of decisions as Redis shows them, `1:TICKET:QUANTITY:STATUS:ORDER`.
    ///
    /// Whoever was refused for an order that is over by now is shown that order. The alternative is the order itself,
    /// for those who heard of it after their refusal. Outcomes older than the hash's life may be gone.
    private func read(after ticket: Int64) async throws -> Page? {
        let id = product.rawValue
        return try await database.onConnection { connection in
            let row = try connection.query(
                """
                SELECT COUNT(*) AS decisions, MAX(ticket) AS last,
                    CAST(GROUP_CONCAT(line ORDER BY ticket SEPARATOR '\\n') AS BINARY) AS content
                FROM (
                    SELECT d.ticket, CONCAT_WS(' ', d.ticket, d.user_id,
                        IF(h.status IN ('cancelled', 'expired', 'refund_due'),
                            CONCAT('1:', h.ticket, ':', h.quantity, ':', h.status, ':', h.ticket),
                            CONCAT('1:', d.ticket, ':', d.quantity, ':', COALESCE(o.status, d.outcome), ':',
                                COALESCE(d.order_ticket, 0))),
                        COALESCE(CONCAT('1:', h.ticket, ':', h.quantity, ':', h.status, ':', h.ticket), '-'),
                        d.decided_at < NOW(6) - INTERVAL ? SECOND) AS line
                    FROM decisions d
                    LEFT JOIN orders o ON o.product_id = d.product_id AND o.ticket = d.ticket
                    LEFT JOIN orders h ON h.product_id = d.product_id
                        AND h.ticket = IF(d.outcome = 'already_purchased', d.order_ticket, 0)
                    WHERE d.product_id = ? AND d.ticket > ? ORDER BY d.ticket LIMIT ?
                ) AS page
                """,
                [
                    .integer(RedisServedLine.outcomeLife.components.seconds), .integer(id), .integer(ticket),
                    .integer(Self.pageSize),
                ]
            ).first
            guard let row, let last = try row.optionalInt("last"), let lines = try row.optionalBytes("content") else {
                return nil
            }
            return Page(lines: lines, decisions: try row.int("decisions"), lastTicket: Int64(last))
        }
    }

    /// Finds users who are shown an outcome of a ticket that is not theirs.
    private func forEachPageOfStrays(_ body: ([Shown]) async throws -> Void) async throws {
        var cursor = "0"
        repeat {
            let scan = RedisCommand(
                "HSCAN",
                key: LineKeys(product).outcomes,
                [RedisArgument(cursor), "COUNT", "1000"]
            )
            let reply = try await redis.send(scan).array()
            guard reply.count == 2 else { throw StoreUnavailable(reason: "Redis gave HSCAN a short reply") }
            cursor = try reply[0].string()
            let values = try reply[1].array().map { String(decoding: try $0.bytes(), as: UTF8.self) }
            let shown = stride(from: 0, to: values.count - 1, by: 2).map { Shown(values[$0], values[$0 + 1]) }
            let strays = try await strays(among: shown)
            if !strays.isEmpty { try await body(strays) }
        } while cursor != "0"
    }

    private struct Shown: Sendable {
        let user: String
        let outcome: String
        let ticket: Int64?
        let isSoldOut: Bool

        init(_ user: String, _ outcome: String) {
            self.user = user
            self.outcome = outcome
            let parts = outcome.split(separator: ":", omittingEmptySubsequences: false)
            ticket = parts.count == 5 && parts[0] == "1" ? Int64(parts[1]) : nil
            isSoldOut = parts.count == 5 && parts[3] == PurchaseStatus.soldOut.rawValue[...]
        }
    }

    /// Those without a decision of the same ticket and user, nor sold out with a range.
    private func strays(among shown: [Shown]) async throws -> [Shown] {
        let product = product
        return try await database.onConnection { connection in
            var strays: [Shown] = []
            for start in stride(from: 0, to: shown.count, by: Self.lookupSize) {
                let chunk = shown[start..<min(start + Self.lookupSize, shown.count)]
                let users = try Self.users(of: chunk.compactMap(\.ticket), product, connection)
                strays += try chunk.filter { shown in
                    guard let ticket = shown.ticket else { return true }
                    if users[ticket] == shown.user { return false }
                    return try !(shown.isSoldOut && Self.isInSoldOutRange(ticket, product, connection))
                }
            }
            return strays
        }
    }

    /// One prepared statement for every page: short pages repeat their last ticket.
    private static func users(
        of tickets: [Int64],
        _ product: ProductID,
        _ connection: MariaDBConnection
    ) throws -> [Int64: String] {
        guard let last = tickets.last else { return [:] }
        let padded = tickets + repeatElement(last, count: lookupSize - tickets.count)
        let marks = Array(repeating: "?", count: lookupSize).joined(separator: ",")
        var users: [Int64: String] = [:]
        try connection.query(
            "SELECT ticket, user_id FROM decisions WHERE product_id = ? AND ticket IN (\(marks))",
            [.integer(product.rawValue)] + padded.map { .integer($0) }
        ) { row in users[Int64(try row.int(0))] = try row.string(1) }
        return users
    }

    private static func isInSoldOutRange(
        _ ticket: Int64,
        _ product: ProductID,
        _ connection: MariaDBConnection
    ) throws -> Bool {
        let rows = try connection.query(
            """
            SELECT 1 AS found FROM ticket_ranges WHERE product_id = ? AND outcome = 'sold_out'
                AND from_ticket <= ? AND (to_ticket IS NULL OR to_ticket >= ?)
            """,
            [.integer(product.rawValue), .integer(ticket), .integer(ticket)]
        )
        return !rows.isEmpty
    }

    private static func row(_ text: String, _ product: ProductID) -> AuditRow {
        let names = ["ticket", "user", "mariadb", "redis"]
        let values = text.split(separator: " ").map(String.init)
        return AuditRow(
            "the user is shown another outcome",
            [.init("product", "\(product)")] + zip(names, values).map { AuditRow.Field($0, $1) }
        )
    }
}
