import CMariaDB
import Glibc

/// A connection, for as long as the closure runs that was given it, and on that closure's thread only.
///
/// Values go into statements as parameters, one `?` each; never build SQL text from them. Statements are prepared once
/// per connection; the 64 that were used last are kept.
public final class MariaDBConnection {
    let handle: UnsafeMutablePointer<MYSQL>
    var statements: StatementCache
    /// Why the connection must not be used again.
    private(set) var brokenBy: MariaDBError?
    /// Whether the rows of a statement are still being read.
    var isStreaming = false
    /// Whether this is within `withTransaction`.
    var isInTransaction = false {
        didSet { transactionFailure = nil }
    }
    /// Whether the transaction begins with its first statement, which is still to come.
    var owesBegin = false
    /// Whether the session is in autocommit mode.
    var commitsEachStatement = true
    /// The error after which the transaction can only be rolled back.
    var transactionFailure: MariaDBError?

    /// How many prepared statements a connection keeps.
    static let statementCacheSize = 64

    init(handle: UnsafeMutablePointer<MYSQL>) {
        self.handle = handle
        statements = StatementCache(capacity: Self.statementCacheSize)
    }

    // MARK: Statements

    /// Runs a statement that changes something.
    ///
    /// Rows that it returns are read and dropped. Throws ``MariaDBError``.
    @discardableResult
    public func execute(
        _ sql: String,
        _ parameters: [MariaDBValue] = [],
        file: StaticString = #fileID,
        line: UInt = #line
    ) throws -> MariaDBResult {
        try perform(sql, file: file, line: line) {
            let statement = try prepared(sql)
            try statement.execute(parameters)
            let result = statement.result
            // Not just dropped: among the rows of a locking read there can still be the news of a deadlock.
            try statement.skipRows()
            return result
        }
    }

    /// Runs a statement that returns rows, and collects them all: limit them in the statement.
    ///
    /// Throws ``MariaDBError``, of kind ``MariaDBError/Kind/bug`` if it is not a statement that returns rows; what
    /// it does has been done then.
    public func query(
        _ sql: String,
        _ parameters: [MariaDBValue] = [],
        file: StaticString = #fileID,
        line: UInt = #line
    ) throws -> [MariaDBRow] {
        var rows: [MariaDBRow] = []
        try query(sql, parameters, file: file, line: line) { rows.append($0) }
        return rows
    }

    /// Runs a statement that returns rows, and hands them over one by one as they arrive: any number in little memory.
    ///
    /// The closure must not run other statements on this connection, which are refused with
    /// ``MariaDBError/Kind/bug``. If it throws, the remaining rows are read and dropped, and its error is thrown.
    public func query(
        _ sql: String,
        _ parameters: [MariaDBValue] = [],
        file: StaticString = #fileID,
        line: UInt = #line,
        forEach body: (MariaDBRow) throws -> Void
    ) throws {
        try perform(sql, file: file, line: line) {
            let statement = try prepared(sql)
            try statement.execute(parameters)
            guard statement.returnsRows else {
                throw MariaDBError(bug: "the statement returned no rows", statement: sql, file: file, line: line)
            }
            isStreaming = true
            defer { isStreaming = false }
            do {
                try statement.forEachRow(body)
            } catch {
                // The body broke off, or a value could not be read. What the rest brings is remembered, not thrown.
                let cause = error
                do throws(LibraryError) {
                    try statement.skipRows()
                } catch {
                    _ = interpret(error, during: phase(of: sql), statement: sql, file: file, line: line)
                }
                throw cause
            }
        }
    }

    // MARK: Inside

    /// Runs a call to the library; gives its failure a meaning and remembers what it does to the connection.
    func perform<Result>(
        _ sql: String,
        during phase: MariaDBError.Phase? = nil,
        beginsTransaction: Bool = true,
        file: StaticString,
        line: UInt,
        _ body: () throws -> Result
    ) throws -> Result {
        if let failure = brokenBy ?? transactionFailure { throw failure }
        if isStreaming {
            throw MariaDBError(
                bug: "another statement's rows are still being read",
                statement: sql,
                file: file,
                line: line
            )
        }
        if beginsTransaction { try beginIfOwed(file: file, line: line) }
        // Before the statement runs: a COMMIT among several would leave no trace of the transaction.
        let phase = phase ?? self.phase(of: sql)
        do {
            return try body()
        } catch let failure as LibraryError {
            throw interpret(failure, during: phase, statement: sql, file: file, line: line)
        }
    }

    /// Gives a failure its meaning, and remembers what it does to the connection and to the transaction.
    func interpret(
        _ failure: LibraryError,
        during phase: MariaDBError.Phase,
        statement: String,
        file: StaticString,
        line: UInt
    ) -> MariaDBError {
        let error = MariaDBError(failure, during: phase, statement: statement, file: file, line: line)
        if !MariaDBError.leavesConnectionUsable(failure.code) {
            markBroken(by: error)
        } else if isInTransaction, error.kind == .retry || error.kind == .lockWaitTimeout {
            transactionFailure = error
        }
        return error
    }

    func markBroken(by error: MariaDBError) {
        brokenBy = brokenBy ?? error
    }

    /// Whether the server said, with its last reply, that a transaction is open.
    var serverSeesTransaction: Bool {
        handle.pointee.server_status & UInt32(SERVER_STATUS_IN_TRANS) != 0
    }

    private func phase(of sql: String) -> MariaDBError.Phase {
        if isInTransaction || serverSeesTransaction { return .transaction }
        return Self.onlyReads(sql) ? .read : .write
    }

    /// Whether a statement changes nothing, judged by its first word; when in doubt, it does.
    static func onlyReads(_ sql: String) -> Bool {
        let firstWord = sql.drop(while: \.isWhitespace).prefix(while: \.isLetter)
        return ["SELECT", "SHOW", "EXPLAIN", "DESCRIBE"].contains(firstWord.uppercased())
    }

    func prepared(_ sql: String) throws(LibraryError) -> PreparedStatement {
        if let statement = statements[sql] { return statement }
        let statement = try PreparedStatement(sql, on: handle)
        statements.insert(statement, for: sql)
        return statement
    }
}
