extension MariaDBConnection {
    /// Runs a statement once for each row of parameters, in one round trip (MariaDB's bulk execution).
    ///
    /// All values of a column must be of the same case, or NULL; the rows together must fit the server's
    /// `max_allowed_packet` (16 MB by default). Without any row nothing is sent. The result counts all rows. Rows before
    /// one that fails may have been done, so use a transaction. Throws ``MariaDBError``.
    @discardableResult
    public func executeBatch(
        _ sql: String,
        rows: [[MariaDBValue]],
        file: StaticString = #fileID,
        line: UInt = #line
    ) throws -> MariaDBResult {
        try perform(sql, file: file, line: line) {
            if rows.isEmpty { return MariaDBResult(affectedRows: 0, lastInsertID: 0) }
            let statement = try prepared(sql)
            try statement.execute(rows: rows)
            let result = statement.result
            try statement.skipRows()
            return result
        }
    }
}
