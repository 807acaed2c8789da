/// What a statement without rows reports.
public struct MariaDBResult: Sendable, Equatable {
    /// Rows inserted, deleted or really changed.
    ///
    /// A row that an `UPDATE` found but left as it was is not counted. `INSERT … ON DUPLICATE KEY UPDATE` counts 2 for
    /// a row that it updated.
    public let affectedRows: Int
    /// The first `AUTO_INCREMENT` value the statement made, 0 if none.
    public let lastInsertID: UInt64

    /// A result; a statement returns one, and a test may make one.
    public init(affectedRows: Int, lastInsertID: UInt64) {
        self.affectedRows = affectedRows
        self.lastInsertID = lastInsertID
    }
}
