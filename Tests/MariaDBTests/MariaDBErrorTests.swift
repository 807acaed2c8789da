import Testing

@testable import MariaDB

struct MariaDBErrorTests {
    struct DomainError: Error {}

    static func error(_ kind: MariaDBError.Kind) -> MariaDBError {
        MariaDBError(kind, "message of \(kind)", file: "Some/File.swift", line: 7)
    }

    @Test("A description is one line with kind, code, message, place and statement")
    func description() {
        let error = MariaDBError(
            LibraryError(code: 1_213, sqlState: "40001", message: "Deadlock found"),
            during: .transaction,
            statement: "UPDATE t\n    SET a = ?",
            file: "Some/File.swift",
            line: 7
        )
        let expected = "MariaDB retry 1213 (40001): Deadlock found at Some/File.swift:7 in UPDATE t SET a = ?"
        #expect(error.description == expected)
        #expect(Self.error(.shutDown).description == "MariaDB shutDown: message of shutDown at Some/File.swift:7")
    }

    @Test("An error carries only the start of a long statement")
    func longStatement() {
        let text = String(repeating: "x", count: 10_000)
        let error = MariaDBError(.other, "", statement: text, file: #fileID, line: #line)
        #expect(error.statement?.count == MariaDBError.statementLimit)
    }

    @Test("The kind is found in both error types", arguments: MariaDBError.Kind.allCases)
    func kindOfAnyError(kind: MariaDBError.Kind) {
        let error = Self.error(kind)
        #expect(MariaDBError.kind(of: error) == kind)
        #expect(MariaDBError.kind(of: MariaDBTransactionError(.init(body: error), attempts: 1)) == kind)
        #expect(MariaDBError.kind(of: DomainError()) == nil)
    }

    @Test("COMMIT's error decides over the body's, and that over the beginning's")
    func decisiveCause() {
        let begin = Self.error(.cannotConnect)
        let body = Self.error(.entry)
        let commit = Self.error(.unknownOutcome)
        #expect(MariaDBTransactionError(.init(begin: begin), attempts: 1).kind == .cannotConnect)
        #expect(MariaDBTransactionError(.init(begin: begin, body: body), attempts: 1).kind == .entry)
        #expect(MariaDBTransactionError(.init(body: body, commit: commit), attempts: 1).kind == .unknownOutcome)
    }

    @Test("A failed ROLLBACK never decides the kind")
    func failedRollback() {
        let error = MariaDBTransactionError(
            .init(body: DomainError(), rollback: Self.error(.unknownOutcome)),
            attempts: 2
        )
        #expect(error.kind == .other)
        #expect(error.body is DomainError)
        #expect(error.rollback is MariaDBError)
        #expect(error.commit == nil)
    }

    @Test("A transaction's error names every cause")
    func transactionDescription() {
        let error = MariaDBTransactionError(
            .init(body: Self.error(.entry), rollback: Self.error(.other)),
            attempts: 3
        )
        #expect(error.description.contains("(entry) after 3 attempts"))
        #expect(error.description.contains("body: MariaDB entry: message of entry"))
        #expect(error.description.contains("rollback: MariaDB other: message of other"))
    }

    @Test("Only what left nothing committed is retried", arguments: MariaDBError.Kind.allCases)
    func retriedKinds(kind: MariaDBError.Kind) {
        let error = MariaDBTransactionError(.init(body: Self.error(kind)), attempts: 1)
        #expect(error.allowsRetry == (kind == .retry || kind == .lockWaitTimeout))
    }
}
