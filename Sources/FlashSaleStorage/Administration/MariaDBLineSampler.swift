public import FlashSale
import MariaDB
import Redis
public import Resilience

/// Takes samples of lines, for the operator's charts.
///
/// It reads without locks, and counts only the decisions that came since the sample before, so that its cost depends on
/// how fast a line moves and not on how long it is.
public struct MariaDBLineSampler: LineSampler {
    private let redis: GuardedRedisClient
    private let database: GuardedMariaDBClient
    /// The most decisions that one sample counts; what is left comes with the next.
    private static let decisionsAtOnce = 200_000

    /// A sampler over both stores.
    public init(redis: GuardedRedisClient, database: GuardedMariaDBClient) {
        self.redis = redis
        self.database = database
    }

    /// Takes one sample of each line that this worker serves now.
    public func takeSamples(worker: String) async throws -> Int {
        let products = try await database.onConnection { connection in
            try connection.query(
                "SELECT product_id FROM leases WHERE holder = ? AND until > NOW(6) ORDER BY product_id",
                [.string(worker)]
            ).compactMap { ProductID(Int64(try $0.int("product_id"))) }
        }
        for product in products {
            let line = try await LineSight.read([product], redis)[product]
            try await database.onConnection { try Self.take(product, line, $0) }
        }
        return products.count
    }

    /// Removes some of the samples that are too old.
    public func removeOldSamples(limit: Int) async throws -> Int {
        try await database.onConnection { connection in
            let removed = try connection.execute(
                "DELETE FROM line_samples WHERE sampled_at < NOW() - INTERVAL ? SECOND ORDER BY sampled_at LIMIT ?",
                [.integer(Int64(LineSampling.keptSeconds)), .integer(Int64(limit))]
            )
            return Int(removed.affectedRows)
        }
    }

    private static func take(_ product: ProductID, _ line: LineSight?, _ connection: MariaDBConnection) throws {
        // A line that Redis does not have says nothing: the worker is about to open it.
        guard let line, let lastTicket = line.lastTicket, let servedTicket = line.servedTicket else { return }
        let before = try StoredSample.latest(2, of: product, connection)
        var counts = before.first?.counts ?? StoredSample.Counts()
        try counts.add(decisionsOf: product, limit: decisionsAtOnce, connection)
        guard let stock = try Self.stock(of: product, lastTicket: lastTicket, connection) else { return }
        counts.watermarked = stock.watermarked
        var sample = StoredSample(at: stock.now, counts: counts)
        sample.waiting = line.waiting
        sample.lastTicket = lastTicket
        sample.servedTicket = servedTicket
        sample.available = stock.available
        sample.held = stock.held
        sample.sold = stock.sold
        try sample.write(product, after: before, connection)
    }

    private struct Stock {
        var now: MariaDBValue
        var available: Int
        var held: Int
        var sold: Int
        var watermarked: Int
    }

    /// One reading of the stock; the sale's own sum says what is sold: live orders are what is not available.
    private static func stock(
        of product: ProductID,
        lastTicket: Int64,
        _ connection: MariaDBConnection
    ) throws -> Stock? {
        let id = MariaDBValue.integer(product.rawValue)
        let row = try connection.query(
            """
            SELECT p.total_stock, p.available_stock, p.sold_out_after,
                NOW() - INTERVAL (SECOND(NOW()) MOD \(LineSampling.periodSeconds)) SECOND AS bucket,
                (SELECT CAST(COALESCE(SUM(quantity), 0) AS SIGNED) FROM orders
                    WHERE product_id = p.id AND status IN ('held', 'pending')) AS held,
                (SELECT CAST(COALESCE(SUM(CAST(to_ticket AS SIGNED) - CAST(from_ticket AS SIGNED) + 1), 0) AS SIGNED)
                    FROM ticket_ranges WHERE product_id = p.id AND outcome = 'sold_out' AND to_ticket IS NOT NULL
                ) AS closed_ranges
            FROM products p WHERE p.id = ?
            """,
            [id]
        ).first
        guard let row else { return nil }
        let available = try row.int("available_stock")
        let held = try row.int("held")
        let openRange = try row.optionalInt("sold_out_after").map { max(0, Int(lastTicket) - $0) } ?? 0
        return Stock(
            now: .dateTime(try row.dateTime("bucket")),
            available: available,
            held: held,
            sold: max(0, try row.int("total_stock") - available - held),
            watermarked: try row.int("closed_ranges") + openRange
        )
    }
}
