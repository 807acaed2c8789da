import FlashSale
import MariaDB
import Redis
import Resilience

/// What workers have left to do.
public struct OpenWork: Hashable, Sendable {
    /// Lines that Redis does not have yet, or no longer.
    public var unopenedLines = 0
    /// Entries that wait, also those behind the last unit; not those of paused lines, which nobody serves.
    public var waiting = 0
    /// Entries that are claimed and not acknowledged.
    public var processing = 0
    /// Holds and unpaid orders whose time is over.
    public var dueOrders = 0
    /// Orders that Redis does not show as they are.
    public var unshownOrders = 0
    /// Messages to the shop that can be delivered now.
    public var dueMessages = 0

    /// No work at all.
    public init() {}

    /// Whether there is none.
    public var isEmpty: Bool { self == OpenWork() }
}

extension SaleAdministration {
    /// How many products are asked about in one round trip.
    private static let productsAtOnce = 100

    /// What workers have left to do at this moment.
    ///
    /// Redis is asked first: what the entries seen there have become stands in MariaDB before they are gone from Redis.
    ///
    /// - Parameter countsMessages: Whether somebody delivers messages to the shop.
    /// - Throws: ``StoreUnavailable``, `RedisError`.
    public func openWork(countsMessages: Bool) async throws -> OpenWork {
        let products = try await database.onConnection { connection in
            try connection.query("SELECT id, paused FROM products ORDER BY id").map {
                (id: ProductID(Int64(try $0.int("id"))), isPaused: try $0.int("paused") != 0)
            }
        }
        var work = OpenWork()
        for start in stride(from: 0, to: products.count, by: Self.productsAtOnce) {
            let some = products[start..<min(start + Self.productsAtOnce, products.count)]
            let lines = some.compactMap { product in product.id.map { (LineKeys($0), product.isPaused) } }
            try await add(lines, to: &work)
        }
        try await addBooks(to: &work, countsMessages: countsMessages)
        return work
    }

    private func add(_ lines: [(keys: LineKeys, isPaused: Bool)], to work: inout OpenWork) async throws {
        let commands = lines.flatMap { line in
            [
                RedisCommand("HEXISTS", key: line.keys.sale, ["nonce"]), RedisCommand("LLEN", key: line.keys.queue),
                RedisCommand("LLEN", key: line.keys.processing),
            ]
        }
        let numbers = try await redis.send(commands).map { Int(try $0.integer()) }
        for (index, line) in lines.enumerated() {
            work.unopenedLines += 1 - numbers[3 * index]
            work.waiting += line.isPaused ? 0 : numbers[3 * index + 1]
            work.processing += numbers[3 * index + 2]
        }
    }

    private func addBooks(to work: inout OpenWork, countsMessages: Bool) async throws {
        let counts = try await database.onConnection { connection in
            let row = try connection.query(
                """
                SELECT (SELECT COUNT(*) FROM orders WHERE expires_at <= NOW(6)) AS due_orders,
                    (SELECT COUNT(*) FROM orders WHERE unshown = TRUE) AS unshown_orders,
                    (SELECT COUNT(*) FROM outbox m WHERE m.state = 'waiting' AND m.next_attempt_at <= NOW(6)
                        AND NOT EXISTS (
                            SELECT 1 FROM outbox e WHERE e.product_id = m.product_id AND e.ticket = m.ticket
                            AND e.state = 'waiting' AND e.id < m.id
                        )) AS due_messages
                """
            ).first
            return try ["due_orders", "unshown_orders", "due_messages"].map { try row?.int(.name($0)) ?? 0 }
        }
        work.dueOrders = counts[0]
        work.unshownOrders = counts[1]
        work.dueMessages = countsMessages ? counts[2] : 0
    }
}
