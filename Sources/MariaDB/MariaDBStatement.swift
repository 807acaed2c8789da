/// A statement with its parameters, to be sent together with others.
public struct MariaDBStatement: Sendable {
    enum Parameters: Sendable {
        case once([MariaDBValue])
        case forEach([[MariaDBValue]])
    }

    let sql: String
    let parameters: Parameters

    /// A statement that runs once.
    public init(_ sql: String, _ parameters: [MariaDBValue] = []) {
        self.sql = sql
        self.parameters = .once(parameters)
    }

    /// A statement that runs once for each row of parameters, as ``MariaDBConnection/executeBatch(_:rows:file:line:)`` does
    /// it; there has to be one row at least.
    public init(_ sql: String, rows: [[MariaDBValue]]) {
        self.sql = sql
        parameters = .forEach(rows)
    }
}

/// What the server answered to one of several statements.
public struct MariaDBReply: Sendable {
    /// The rows, if the statement returns any.
    public let rows: [MariaDBRow]
    /// What the statement changed.
    public let result: MariaDBResult
}
