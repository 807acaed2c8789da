public import FlashSale
import MariaDB
public import Resilience

/// The truth, in MariaDB.
///
/// A settlement is one transaction under the product's row lock.
public struct MariaDBSaleBooks: SaleBooks {
    let database: GuardedMariaDBClient
    let batchSize: Int
    let crashPoints: CrashPoints

    /// The books in one database.
    ///
    /// - Parameters:
    ///   - database: The client.
    ///   - batchSize: The most entries of a claim; statements are prepared for that many.
    ///   - crashPoints: What happens between the steps; nothing, but for tests.
    public init(database: GuardedMariaDBClient, batchSize: Int, crashPoints: CrashPoints = .none) {
        self.crashPoints = crashPoints
        self.database = database
        self.batchSize = batchSize
    }

    /// The product as it is now.
    public func product(_ id: ProductID) async throws -> Product? {
        try await database.onConnection { try Product.read(id, $0) }
    }

    /// Names the line of a product that was never opened.
    public func nameLine(of product: ProductID, nonce: String) async throws -> (product: Product, isNew: Bool) {
        try await database.inTransaction { connection in
            let named = try connection.execute(
                "UPDATE products SET nonce = ? WHERE id = ? AND nonce IS NULL",
                [.string(nonce), .integer(product.rawValue)]
            )
            return (try Self.existing(product, connection), named.affectedRows == 1)
        }
    }

    /// Puts on record that the line's data is lost.
    ///
    /// Whatever Redis had handed out lies between the last decided ticket and that plus the most that may ever wait; new
    /// tickets start well above.
    public func recordLostLine(
        of product: ProductID,
        newNonce: String,
        fence: Fence
    ) async throws -> (product: Product, lastTicket: Int64) {
        let crashPoints = crashPoints
        let opened = try await database.inTransaction { connection in
            let locked = try Self.existing(product, connection, locking: true)
            try Self.compareFence(fence, of: product, connection)
            let known = try Self.lastKnownTicket(of: product, connection)
            let lastTicket = known + Int64(max(1_000_000, 2 * locked.limits.maxQueue))
            let events = PaymentEventTable(connection)
            try events.refundWaiting(product, tickets: (known + 1)...lastTicket, at: try Self.now(connection))
            // A sold-out range that is still open already covers every ticket above it.
            try connection.execute(
                """
                INSERT INTO ticket_ranges (product_id, from_ticket, to_ticket, outcome)
                SELECT p.id, ?, ?, 'lost' FROM products p WHERE p.id = ? AND p.sold_out_after IS NULL
                """,
                [.integer(known + 1), .integer(lastTicket), .integer(product.rawValue)]
            )
            try StoredDraw.forgetUnfixedRoster(of: product, connection)
            // The outcomes may be lost too: the worker shows every order again.
            try connection.execute(
                "UPDATE orders SET unshown = TRUE WHERE product_id = ?",
                [.integer(product.rawValue)]
            )
            try connection.execute(
                "UPDATE products SET nonce = ? WHERE id = ?",
                [.string(newNonce), .integer(product.rawValue)]
            )
            crashPoints.reach(.lossCommit)
            return (product: try Self.existing(product, connection), lastTicket: lastTicket)
        }
        crashPoints.reach(.lossAfter)
        return opened
    }

    /// Ends the range of sold-out tickets of a product that has stock again.
    public func reopen(_ product: ProductID, lastTicket: Int64, fence: Fence) async throws -> Product {
        try await database.inTransaction { connection in
            _ = try Self.existing(product, connection, locking: true)
            try Self.compareFence(fence, of: product, connection)
            // Nobody joined after the last unit went: the range is empty.
            try connection.execute(
                """
                DELETE FROM ticket_ranges
                WHERE product_id = ? AND outcome = 'sold_out' AND to_ticket IS NULL AND from_ticket > ?
                """,
                [.integer(product.rawValue), .integer(lastTicket)]
            )
            try connection.execute(
                """
                UPDATE ticket_ranges SET to_ticket = ?
                WHERE product_id = ? AND outcome = 'sold_out' AND to_ticket IS NULL
                """,
                [.integer(lastTicket), .integer(product.rawValue)]
            )
            try connection.execute(
                "UPDATE products SET sold_out_after = NULL WHERE id = ?",
                [.integer(product.rawValue)]
            )
            return try Self.existing(product, connection)
        }
    }

    /// The database's time.
    private static func now(_ connection: MariaDBConnection) throws -> Timestamp {
        guard let row = try connection.query("SELECT NOW(6) AS now").first else {
            throw StoreUnavailable(reason: "MariaDB did not tell the time")
        }
        return Timestamp(try row.dateTime("now"))
    }

    static func existing(
        _ id: ProductID,
        _ connection: MariaDBConnection,
        locking: Bool = false
    ) throws -> Product {
        guard let product = try Product.read(id, connection, locking: locking) else {
            throw StoreUnavailable(reason: "product \(id) is gone")
        }
        return product
    }

    /// Throws ``Fenced`` unless the fence is that of the lease.
    ///
    /// Call it under the product's row lock.
    static func compareFence(_ fence: Fence, of product: ProductID, _ connection: MariaDBConnection) throws {
        let row = try connection.query(
            "SELECT fence FROM leases WHERE product_id = ?",
            [.integer(product.rawValue)]
        ).first
        guard try row?.int("fence") == Int(fence.rawValue) else { throw Fenced(product: product, fence: fence) }
    }

    static func lastKnownTicket(of product: ProductID, _ connection: MariaDBConnection) throws -> Int64 {
        let row = try connection.query(
            """
            SELECT CAST(GREATEST(
                COALESCE((SELECT MAX(ticket) FROM decisions WHERE product_id = ?), 0),
                COALESCE((SELECT MAX(GREATEST(from_ticket, COALESCE(to_ticket, 0)))
                          FROM ticket_ranges WHERE product_id = ?), 0)
            ) AS SIGNED) AS ticket
            """,
            [.integer(product.rawValue), .integer(product.rawValue)]
        ).first
        return Int64(try row?.int("ticket") ?? 0)
    }
}
