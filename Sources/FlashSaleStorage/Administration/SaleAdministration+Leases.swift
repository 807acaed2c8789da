public import FlashSale
import MariaDB

/// The worker that serves a product.
public struct LeaseHolder: Hashable, Sendable {
    /// The worker's name.
    public var worker: String
    /// How long its lease still holds, by the database's clock, unless it is renewed.
    public var timeLeft: Duration

    /// A worker, and how long its lease still holds.
    public init(worker: String, timeLeft: Duration) {
        self.worker = worker
        self.timeLeft = timeLeft
    }
}

extension SaleAdministration {
    /// Which worker serves which product now.
    ///
    /// - Throws: ``StoreUnavailable``.
    public func leaseHolders() async throws -> [ProductID: LeaseHolder] {
        try await database.onConnection { try Self.leaseHolders($0) }
    }

    static func leaseHolders(_ connection: MariaDBConnection) throws -> [ProductID: LeaseHolder] {
        let rows = try connection.query(
            """
            SELECT product_id, holder, TIMESTAMPDIFF(MICROSECOND, NOW(6), until) AS time_left FROM leases
            WHERE holder IS NOT NULL AND until > NOW(6)
            """
        )
        var holders: [ProductID: LeaseHolder] = [:]
        for row in rows {
            guard let product = ProductID(Int64(try row.int("product_id"))) else { continue }
            holders[product] = LeaseHolder(
                worker: try row.string("holder"),
                timeLeft: .microseconds(try row.int("time_left"))
            )
        }
        return holders
    }
}
