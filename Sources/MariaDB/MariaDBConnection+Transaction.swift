extension MariaDBConnection {
    /// One attempt of a transaction: body, commit; or roll back.
    ///
    /// It begins with the body's first statement, which START TRANSACTION may travel with.
    func transaction<Result>(
        number: Int,
        file: StaticString,
        line: UInt,
        _ body: (MariaDBConnection) throws -> Result
    ) throws(MariaDBTransactionError) -> Result {
        var causes = MariaDBTransactionError.Causes()
        isInTransaction = true
        owesBegin = true
        defer {
            isInTransaction = false
            owesBegin = false
        }

        let result: Result
        do {
            result = try body(self)
            // The body may have swallowed an error after which there is nothing left to commit.
            if let failure = brokenBy ?? transactionFailure { throw failure }
            if owesBegin { return result }
            guard serverSeesTransaction else {
                throw MariaDBError(bug: "the body ended its transaction itself", file: file, line: line)
            }
            // If the connection is seen to be gone now, COMMIT was never sent: better known than unknown.
            guard isAlive else {
                throw interpret(.connectionGone, during: .transaction, statement: "COMMIT", file: file, line: line)
            }
        } catch {
            causes.body = error
            causes.rollback = rollBack(file: file, line: line)
            throw MariaDBTransactionError(causes, attempts: number)
        }

        do {
            try control("COMMIT", during: .commit, file: file, line: line)
        } catch {
            causes.commit = error
            if error.kind == .unknownOutcome {
                // A ROLLBACK could not undo what may be committed; the connection is of no further use.
                markBroken(by: error)
            } else {
                causes.rollback = rollBack(file: file, line: line)
            }
            throw MariaDBTransactionError(causes, attempts: number)
        }
        return result
    }

    /// Ends a transaction without committing; returns why that failed.
    ///
    /// On a lost connection the server does it.
    private func rollBack(file: StaticString, line: UInt) -> MariaDBError? {
        if brokenBy != nil || (owesBegin && !serverSeesTransaction) { return nil }
        do {
            transactionFailure = nil
            try control("ROLLBACK", during: .transaction, file: file, line: line)
            return nil
        } catch {
            markBroken(by: error)
            return error
        }
    }

    /// Runs work without a transaction, and makes sure that it leaves none behind for the next one.
    func lease<Result>(
        file: StaticString,
        line: UInt,
        _ body: (MariaDBConnection) throws -> Result
    ) throws -> Result {
        try commitEachStatement(file: file, line: line)
        let result = Swift.Result { try body(self) }
        guard brokenBy == nil, serverSeesTransaction else { return try result.get() }
        if let failure = rollBack(file: file, line: line) { throw failure }
        _ = try result.get()
        throw MariaDBError(
            bug: "a transaction was left open, and is rolled back: use withTransaction",
            file: file,
            line: line
        )
    }
}
