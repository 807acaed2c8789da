import FlashSale
import MariaDB

/// A product under its row lock: the lock orders everything that changes its stock or its orders, and what is read after it
/// is the truth until the commit.
struct LockedProduct {
    /// The product as it is.
    var product: Product
    /// The database's time.
    var now: Timestamp
    /// The fence of the lease, whoever holds it.
    var fence: Int?
    /// Units in orders that are not final: they could come free.
    var held: Int
    /// The last ticket that was decided by itself; 0 for none.
    var lastDecided: Int64
    /// The first ticket that the latest price holds for.
    var priceFrom: Int64
    /// Whether a new price waits to be told its first ticket.
    var isPricePending: Bool
    /// Whether a payment event waits for its order.
    var hasEarlyEvents: Bool

    /// What locks a product and reads it.
    static func statement(_ id: ProductID) -> MariaDBStatement {
        MariaDBStatement(sql, [.integer(id.rawValue)])
    }

    private static let sql = """
        SELECT \(Product.columns), p.is_price_pending, NOW(6) AS now,
            (SELECT l.fence FROM leases l WHERE l.product_id = p.id) AS fence,
            (SELECT MAX(d.ticket) FROM decisions d WHERE d.product_id = p.id) AS last_decided,
            (SELECT MAX(r.from_ticket) FROM prices r WHERE r.product_id = p.id) AS price_from,
            EXISTS (SELECT 1 FROM payment_events e WHERE e.product_id = p.id AND e.result = 'waiting') AS has_early,
            (SELECT CAST(COALESCE(SUM(o.quantity), 0) AS SIGNED) FROM orders o
             WHERE o.product_id = p.id AND o.status IN ('held', 'pending')) AS held
        FROM products p WHERE p.id = ? FOR UPDATE
        """

    /// Locks a product; nil when there is none of that number.
    init?(_ id: ProductID, _ connection: MariaDBConnection) throws {
        guard let row = try connection.query(Self.sql, [.integer(id.rawValue)]).first else { return nil }
        try self.init(row)
    }

    /// Locks a product for the worker that has the lease.
    ///
    /// - Throws: ``Fenced`` when the lease is another's.
    init(_ id: ProductID, fence: Fence, _ connection: MariaDBConnection) throws {
        try self.init(id, fence: fence, try connection.query(Self.sql, [.integer(id.rawValue)]))
    }

    /// A product that was locked for the worker that has the lease.
    ///
    /// - Parameter rows: What ``statement(_:)`` returned.
    /// - Throws: ``Fenced`` when the lease is another's.
    init(_ id: ProductID, fence: Fence, _ rows: [MariaDBRow]) throws {
        guard let row = rows.first else { throw StoreUnavailable(reason: "product \(id) is gone") }
        try self.init(row)
        guard self.fence == Int(fence.rawValue) else { throw Fenced(product: id, fence: fence) }
    }

    private init(_ row: MariaDBRow) throws {
        product = try Product(row: row)
        now = Timestamp(try row.dateTime("now"))
        fence = try row.optionalInt("fence")
        held = try row.int("held")
        lastDecided = Int64(try row.optionalInt("last_decided") ?? 0)
        priceFrom = Int64(try row.optionalInt("price_from") ?? 1)
        isPricePending = try row.bool("is_price_pending")
        hasEarlyEvents = try row.bool("has_early")
    }
}
