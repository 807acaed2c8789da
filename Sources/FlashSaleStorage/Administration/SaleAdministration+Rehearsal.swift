public import FlashSale
import MariaDB

extension SaleAdministration {
    /// The longest that a product's row may be locked in one piece.
    public static let longestLock = Duration.seconds(1)

    /// Locks the product's row for a while, as a slow transaction does: for rehearsals alone.
    ///
    /// The lock goes with the transaction, and that with its connection: nothing is left behind.
    ///
    /// - Parameter time: At most ``longestLock``; longer is cut.
    /// - Throws: ``UnknownProduct``, ``StoreUnavailable``.
    public func holdLock(of id: ProductID, for time: Duration) async throws {
        let (seconds, attoseconds) = min(time, Self.longestLock).components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        try await database.inTransaction { connection in
            guard try LockedProduct(id, connection) != nil else { throw UnknownProduct(id: id) }
            _ = try connection.query("SELECT SLEEP(? / 1000)", [.integer(milliseconds)])
        }
    }
}
