public import FlashSale
import MariaDB
import Redis
import Resilience

/// A line as an operator sees it.
public struct QueueReport: Sendable {
    /// The product.
    public var product: Product
    /// Entries that wait.
    public var waiting: Int
    /// Entries that a worker is settling.
    public var processing: Int
    /// The place that was handed out last; nil when Redis does not have the line.
    public var lastTicket: Int64?
    /// The place that was decided last.
    public var servedTicket: Int64?
    /// How many tickets ended how: an order's present status, or the decision.
    ///
    /// Ranges count for each ticket in them.
    public var outcomes: [(status: String, tickets: Int)]
    /// The worker that serves the product now.
    public var worker: String?
    /// Entries that could not be processed.
    public var deadLetters: Int
}

extension SaleAdministration {
    /// Looks at one line in both stores.
    ///
    /// - Throws: ``UnknownProduct``, ``StoreUnavailable``.
    public func queue(of id: ProductID) async throws -> QueueReport {
        let books = try await database.onConnection { try Self.readBooks(id, $0) }
        let keys = LineKeys(id)
        do {
            let replies = try await redis.send([
                RedisCommand("LLEN", key: keys.queue),
                RedisCommand("LLEN", key: keys.processing),
                RedisCommand("HMGET", key: keys.sale, ["last_ticket", "served_ticket", "sold_out_after"]),
                RedisCommand("LLEN", key: keys.drawn),
            ])
            let sale = try replies[2].array().map { try $0.optionalString().flatMap(Int64.init) }
            var report = QueueReport(
                product: books.product,
                waiting: Int(try replies[0].integer() + replies[3].integer()),
                processing: Int(try replies[1].integer()),
                lastTicket: sale[0],
                servedTicket: sale[1],
                outcomes: books.outcomes,
                worker: books.worker,
                deadLetters: books.deadLetters
            )
            // The watermark decides at once: whoever came after it does not wait, even while entries are being dropped.
            if let soldOutAfter = sale[2], let lastTicket = sale[0] {
                report.waiting = 0
                report.add(soldOut: Int(max(0, lastTicket - soldOutAfter)))
            }
            return report
        } catch {
            throw StoreUnavailable.telling(error, "Redis did not show the line")
        }
    }

    private struct Books {
        var product: Product
        var outcomes: [(status: String, tickets: Int)]
        var worker: String?
        var deadLetters: Int
    }

    private static func readBooks(_ id: ProductID, _ connection: MariaDBConnection) throws -> Books {
        guard let product = try Product.read(id, connection) else { throw UnknownProduct(id: id) }
        let number = MariaDBValue.integer(id.rawValue)
        let outcomes = try connection.query(
            """
            SELECT status, CAST(SUM(tickets) AS SIGNED) AS tickets FROM (
                SELECT COALESCE(o.status, d.outcome) AS status, 1 AS tickets
                FROM decisions d LEFT JOIN orders o ON o.product_id = d.product_id AND o.ticket = d.ticket
                WHERE d.product_id = ?
                UNION ALL
                SELECT outcome, CAST(to_ticket AS SIGNED) - CAST(from_ticket AS SIGNED) + 1 FROM ticket_ranges
                WHERE product_id = ? AND outcome = 'sold_out' AND to_ticket IS NOT NULL
            ) AS every_ticket GROUP BY status ORDER BY tickets DESC, status
            """,
            [number, number]
        )
        let row = try connection.query(
            """
            SELECT (SELECT holder FROM leases WHERE product_id = ? AND until > NOW(6)) AS worker,
                (SELECT COUNT(*) FROM dead_letters WHERE product_id = ?) AS dead_letters
            """,
            [number, number]
        ).first
        return Books(
            product: product,
            outcomes: try outcomes.map { (try $0.string("status"), try $0.int("tickets")) },
            worker: try row?.optionalString("worker"),
            deadLetters: try row?.int("dead_letters") ?? 0
        )
    }
}

extension QueueReport {
    fileprivate mutating func add(soldOut tickets: Int) {
        guard tickets > 0 else { return }
        if let index = outcomes.firstIndex(where: { $0.status == "sold_out" }) {
            outcomes[index].tickets += tickets
        } else {
            outcomes.append(("sold_out", tickets))
        }
    }
}
