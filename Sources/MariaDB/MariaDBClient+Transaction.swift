import Logging

extension MariaDBClient {
    /// Runs a closure inside of a transaction, on a connection's own thread, and commits.
    ///
    /// On a deadlock, a conflict, a lock wait timeout or a connection lost before COMMIT, the transaction is rolled
    /// back and the whole closure runs again, up to `attempts` times with a pause of a few milliseconds that grows and
    /// has jitter: whatever the closure does besides SQL must bear that. After such an error every further statement of
    /// the closure fails with it too, so that nothing runs outside of the transaction by mistake.
    ///
    /// Throws ``MariaDBTransactionError``, with the closure's own error in its `body`. If its kind is
    /// ``MariaDBError/Kind/unknownOutcome``, COMMIT was sent and its reply lost; the closure is not run again then,
    /// because only the caller can read whether it was committed. Throws `CancellationError` if the caller was cancelled
    /// while it waited for a connection or between attempts; nothing was committed then.
    @discardableResult
    public func withTransaction<Result: Sendable>(
        attempts: Int = 5,
        file: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (MariaDBConnection) throws -> Result
    ) async throws -> Result {
        precondition(attempts >= 1, "a transaction needs an attempt")
        var attempt = 1
        while true {
            let failure: MariaDBTransactionError
            do {
                return try await attemptTransaction(number: attempt, file: file, line: line, body)
            } catch let error as MariaDBTransactionError {
                failure = error
            }
            guard failure.allowsRetry, attempt < attempts else { throw failure }
            logger.debug("transaction is run again", metadata: ["cause": "\(failure)"])
            try await Task.sleep(for: TransactionBackoff.pause(afterAttempt: attempt, jitter: .random(in: 0...1)))
            attempt += 1
        }
    }

    private func attemptTransaction<Result: Sendable>(
        number: Int,
        file: StaticString,
        line: UInt,
        _ body: @escaping @Sendable (MariaDBConnection) throws -> Result
    ) async throws -> Result {
        let outcome: Swift.Result<Result, MariaDBTransactionError>
        do {
            outcome = try await submit(file: file, line: line) { connection in
                .init { () throws(MariaDBTransactionError) in
                    try connection.transaction(number: number, file: file, line: line, body)
                }
            }
        } catch let error as MariaDBError {
            throw MariaDBTransactionError(.init(begin: error), attempts: number)
        }
        return try outcome.get()
    }
}

/// The pause between two attempts of a transaction.
enum TransactionBackoff {
    private static let first = Duration.milliseconds(5)
    private static let longest = Duration.milliseconds(200)

    /// Somewhere between nothing and a bound that doubles from 5 ms up to 200 ms; `jitter` from 0 to 1 says where.
    ///
    /// All of it is random ("full jitter"), so that those who met in a deadlock do not meet again.
    static func pause(afterAttempt attempt: Int, jitter: Double) -> Duration {
        min(longest, first * (1 << min(attempt - 1, 16))) * jitter
    }
}
