public import FlashSale
import MariaDB

extension MariaDBSaleBooks {
    /// Says that the worker lives, renews its leases, and takes products that nobody serves, up to its fair share.
    public func renewLeases(worker: String, for duration: Duration, maximum: Int) async throws -> [Lease] {
        try await database.inTransaction { connection in
            let turn = LeaseTurn(connection: connection, worker: worker, microseconds: duration.microseconds)
            try turn.sayThatWeLive()
            try turn.renew()
            let share = min(maximum, try turn.fairShare())
            let held = try turn.leases()
            if held.count > share { try turn.giveBack(held.count - share) }
            if held.count < share { try turn.take(share - held.count) }
            return held.count == share ? held : try turn.leases()
        }
    }

    /// Gives all leases of a worker back: the worker is gone.
    public func releaseLeases(worker: String) async throws {
        try await database.inTransaction { connection in
            try connection.execute(
                "UPDATE leases SET holder = NULL, until = NOW(6) WHERE holder = ?",
                [.string(worker)]
            )
            try connection.execute("DELETE FROM workers WHERE worker = ?", [.string(worker)])
        }
    }
}

/// One renewal within its transaction.
///
/// All times are the database's.
private struct LeaseTurn {
    let connection: MariaDBConnection
    let worker: String
    let microseconds: Int64

    private var end: String { "NOW(6) + INTERVAL ? MICROSECOND" }

    func sayThatWeLive() throws {
        try connection.execute(
            "INSERT INTO workers (worker, until) VALUES (?, \(end)) ON DUPLICATE KEY UPDATE until = \(end)",
            [.string(worker), .integer(microseconds), .integer(microseconds)]
        )
        try connection.execute("DELETE FROM workers WHERE until < NOW(6) - INTERVAL 1 HOUR")
    }

    /// A lease that ran out but was taken by nobody is still ours: its fence has not moved.
    func renew() throws {
        try connection.execute(
            "UPDATE leases SET until = \(end) WHERE holder = ?",
            [.integer(microseconds), .string(worker)]
        )
    }

    /// As many products as there are for each living worker, rounded up.
    func fairShare() throws -> Int {
        let row = try connection.query(
            """
            SELECT (SELECT COUNT(*) FROM products) AS products,
                (SELECT COUNT(*) FROM workers WHERE until > NOW(6)) AS workers
            """
        ).first
        let products = try row?.int("products") ?? 0
        let workers = max(1, try row?.int("workers") ?? 1)
        return (products + workers - 1) / workers
    }

    /// The leases that came last go first: their lines have been ours for the shortest time.
    func giveBack(_ count: Int) throws {
        try connection.execute(
            "UPDATE leases SET holder = NULL, until = NOW(6) WHERE holder = ? ORDER BY product_id DESC LIMIT ?",
            [.string(worker), .integer(Int64(count))]
        )
    }

    /// SKIP LOCKED: two workers that look at the same time take different products and do not wait for each other.
    func take(_ count: Int) throws {
        let free = try connection.query(
            """
            SELECT product_id FROM leases WHERE until < NOW(6) AND (holder IS NULL OR holder <> ?)
            ORDER BY product_id LIMIT ? FOR UPDATE SKIP LOCKED
            """,
            [.string(worker), .integer(Int64(count))]
        )
        for row in free {
            try connection.execute(
                "UPDATE leases SET fence = fence + 1, holder = ?, until = \(end) WHERE product_id = ?",
                [.string(worker), .integer(microseconds), try row.value("product_id")]
            )
        }
    }

    func leases() throws -> [Lease] {
        let rows = try connection.query(
            """
            SELECT l.product_id, l.fence, p.version FROM leases l JOIN products p ON p.id = l.product_id
            WHERE l.holder = ? ORDER BY l.product_id
            """,
            [.string(worker)]
        )
        return try rows.map { row in
            guard let product = ProductID(Int64(try row.int("product_id"))) else {
                throw StoreUnavailable(reason: "a lease names a product that can't be")
            }
            return Lease(
                product: product,
                fence: Fence(Int64(try row.int("fence"))),
                productVersion: Int64(try row.int("version"))
            )
        }
    }
}
