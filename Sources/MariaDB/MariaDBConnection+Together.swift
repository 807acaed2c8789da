import CMariaDB

extension MariaDBConnection {
    /// Sends several statements at once, and then reads their replies in order: one round trip instead of one for each.
    ///
    /// None may depend on another's reply: whatever becomes of the first, the others are run as well. So this is for
    /// transactions only, where all of it is rolled back. Rows are collected: limit them in the statement. Throws the
    /// ``MariaDBError`` of the first statement that failed, after the other replies.
    @discardableResult
    public func runTogether(
        _ statements: [MariaDBStatement],
        file: StaticString = #fileID,
        line: UInt = #line
    ) throws -> [MariaDBReply] {
        guard let first = statements.first else { return [] }
        guard isInTransaction else {
            throw MariaDBError(bug: "there is no transaction", statement: first.sql, file: file, line: line)
        }
        // Before anything is sent: to prepare a statement is a round trip of its own.
        let calls = try statements.map { statement in
            try perform(statement.sql, beginsTransaction: false, file: file, line: line) {
                (statement, try prepared(statement.sql))
            }
        }
        let flight = send(calls, file: file, line: line)
        return try receive(flight, file: file, line: line)
    }

    private typealias Call = (statement: MariaDBStatement, prepared: PreparedStatement)

    /// What was sent and is not answered yet, and why not all of it was sent.
    private struct Flight {
        var openings: [String] = []
        var calls: [Call] = []
        var failure: MariaDBError?
    }

    private func send(_ calls: [Call], file: StaticString, line: UInt) -> Flight {
        var flight = Flight()
        var sql = ""
        do throws(LibraryError) {
            try awaitReplies(false)
            for opening in openings {
                sql = opening
                try send(opening)
                flight.openings.append(opening)
            }
            for call in calls {
                sql = call.statement.sql
                try call.prepared.execute(call.statement.parameters)
                flight.calls.append(call)
            }
            try awaitReplies(true)
        } catch {
            flight.failure = interpret(error, during: .transaction, statement: sql, file: file, line: line)
            try? awaitReplies(true)
        }
        return flight
    }

    /// A lost connection has no further replies; after any other failure the rest have to be read all the same.
    private func receive(_ flight: Flight, file: StaticString, line: UInt) throws -> [MariaDBReply] {
        var failure: (any Error)?
        var replies: [MariaDBReply] = []
        func note(_ error: any Error, _ sql: String) {
            let known = (error as? LibraryError).map {
                interpret($0, during: .transaction, statement: sql, file: file, line: line)
            }
            failure = failure ?? known ?? error
        }
        for opening in flight.openings where brokenBy == nil {
            do throws(LibraryError) {
                try receiveReply()
                opened(by: opening)
            } catch {
                note(error, opening)
            }
        }
        for call in flight.calls where brokenBy == nil {
            do {
                replies.append(try call.prepared.receive())
            } catch {
                note(error, call.statement.sql)
            }
        }
        if let failure = failure ?? flight.failure ?? brokenBy { throw failure }
        return replies
    }

    // MARK: Opening a transaction

    /// What has to be sent before statements that travel together.
    ///
    /// Without autocommit, what is on its way when the server ends a transaction (a deadlock) can't commit itself: it begins
    /// another one, which is rolled back.
    private var openings: [String] {
        (commitsEachStatement ? [Self.autocommitOff] : []) + (owesBegin ? [Self.startTransaction] : [])
    }

    private func opened(by opening: String) {
        if opening == Self.autocommitOff { commitsEachStatement = false } else { owesBegin = false }
    }

    private static let autocommitOff = "SET autocommit = 0"
    private static let startTransaction = "START TRANSACTION"

    /// Begins the transaction that the connection is in by itself, if that has been left for its first statement.
    func beginIfOwed(file: StaticString, line: UInt) throws(MariaDBError) {
        guard owesBegin else { return }
        try control(Self.startTransaction, during: .transaction, file: file, line: line)
        owesBegin = false
    }

    /// Lets each statement commit itself again, for work without a transaction.
    func commitEachStatement(file: StaticString, line: UInt) throws(MariaDBError) {
        guard !commitsEachStatement else { return }
        try control("SET autocommit = 1", during: .connecting, file: file, line: line)
        commitsEachStatement = true
    }

    // MARK: Replies

    /// Whether the library waits for the reply to what it sends.
    private func awaitReplies(_ waits: Bool) throws(LibraryError) {
        var skips = my_bool(waits ? 0 : 1)
        guard mysql_options(handle, MARIADB_OPT_SKIP_READ_RESPONSE, &skips) == 0 else { throw LibraryError(of: handle) }
    }

    /// Reads the reply to a statement that was sent as text and returns no rows.
    private func receiveReply() throws(LibraryError) {
        guard mysql_read_query_result(handle) == 0 else { throw LibraryError(of: handle) }
    }
}
