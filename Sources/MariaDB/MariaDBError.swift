/// What the server, the client library or this client refused to do, and what that means for the caller.
public struct MariaDBError: Error, Sendable {
    /// What a failure means, and so what to do about it.
    public enum Kind: String, Sendable, CaseIterable {
        /// Nothing was committed, and the same work can succeed: deadlock, conflict, or a connection lost before COMMIT.
        case retry
        /// A row lock was not granted in time. The transaction is still open: roll back, then retry.
        case lockWaitTimeout
        /// The connection was lost where a commit may or may not have happened: read under a lock, then decide.
        case unknownOutcome
        /// There is no connection, and nothing was begun: back off.
        case cannotConnect
        /// The server is read-only or its disk is full: stop, and raise the alarm.
        case cannotWrite
        /// A unique key has the row already: read it.
        case alreadyExists
        /// These values can never be stored: out of range, too long, or against a CHECK.
        case entry
        /// A mistake of the program, such as a wrong column name or results left unread.
        case bug
        /// The server stopped the statement at `statementTimeout`.
        case statementTimeout
        /// Too many calls wait for a connection, or this one waited too long. Nothing was begun.
        case overloaded
        /// The client was shut down. Nothing was begun.
        case shutDown
        /// Anything else.
        case other
    }

    /// The server's or the client library's error number, 0 if the failure is this client's own.
    public let code: UInt32
    /// The SQLSTATE of five characters, empty if there is none.
    public let sqlState: String
    /// What happened, in the words of whoever refused; it can quote values, but never a password.
    public let message: String
    /// What it means.
    public let kind: Kind
    /// The start of the statement's text, without its parameters; `nil` if there was none.
    public let statement: String?
    /// The source file of the call.
    public let file: StaticString
    /// The source line of the call.
    public let line: UInt

    /// The most characters of a statement that an error carries along.
    static let statementLimit = 500

    init(
        code: UInt32,
        sqlState: String,
        message: String,
        kind: Kind,
        statement: String? = nil,
        file: StaticString,
        line: UInt
    ) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
        self.kind = kind
        self.statement = statement.map { String($0.prefix(Self.statementLimit)) }
        self.file = file
        self.line = line
    }

    /// A failure of the client library, and so what it means where it happened.
    init(_ failure: LibraryError, during phase: Phase, statement: String?, file: StaticString, line: UInt) {
        self.init(
            code: failure.code,
            sqlState: failure.sqlState,
            message: failure.message,
            kind: Self.kind(ofCode: failure.code, during: phase),
            statement: statement,
            file: file,
            line: line
        )
    }

    /// A failure that is this client's own.
    init(_ kind: Kind, _ message: String, statement: String? = nil, file: StaticString, line: UInt) {
        self.init(code: 0, sqlState: "", message: message, kind: kind, statement: statement, file: file, line: line)
    }

    /// A mistake of the program.
    init(bug message: String, statement: String? = nil, file: StaticString, line: UInt) {
        self.init(.bug, message, statement: statement, file: file, line: line)
    }
}

extension MariaDBError: CustomStringConvertible {
    /// Kind, code, message, place and statement on one line.
    public var description: String {
        var text = "MariaDB \(kind.rawValue)"
        if code != 0 { text += " \(code) (\(sqlState))" }
        text += ": \(message) at \(file):\(line)"
        if let statement { text += " in \(statement.split(whereSeparator: \.isWhitespace).joined(separator: " "))" }
        return text
    }
}

extension MariaDBError {
    /// What a failure means, whichever of this module's two error types it came as; `nil` for any other error.
    public static func kind(of error: any Error) -> Kind? {
        switch error {
        case let error as MariaDBError: error.kind
        case let error as MariaDBTransactionError: error.kind
        default: nil
        }
    }
}
