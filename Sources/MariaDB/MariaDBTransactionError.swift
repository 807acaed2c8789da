/// Why a transaction was not committed, or may not have been, with every cause kept.
public struct MariaDBTransactionError: Error, Sendable {
    /// What a transaction's last attempt failed at.
    struct Causes: Sendable {
        var begin: (any Error)?
        var body: (any Error)?
        var rollback: (any Error)?
        var commit: (any Error)?
    }

    /// What kept the transaction from beginning: no connection, a full queue.
    public var begin: (any Error)? { causes.begin }
    /// What the body threw, or what a statement of it met.
    public var body: (any Error)? { causes.body }
    /// What ROLLBACK failed with; the connection was dropped then, on which the server rolls back by itself.
    public var rollback: (any Error)? { causes.rollback }
    /// What COMMIT failed with.
    public var commit: (any Error)? { causes.commit }
    /// How many times the transaction was tried; the causes are those of the last time.
    public let attempts: Int
    /// What the failure means: the kind of COMMIT's error, else the body's, else the beginning's.
    ///
    /// An error of the body that is not this module's is ``MariaDBError/Kind/other``. Only with
    /// ``MariaDBError/Kind/unknownOutcome`` can anything have been committed.
    public let kind: MariaDBError.Kind

    private let causes: Causes

    init(_ causes: Causes, attempts: Int) {
        self.causes = causes
        self.attempts = attempts
        kind = (causes.commit ?? causes.body ?? causes.begin).flatMap(MariaDBError.kind(of:)) ?? .other
    }

    /// Whether the whole transaction can be run again without harm.
    var allowsRetry: Bool { kind == .retry || kind == .lockWaitTimeout }
}

extension MariaDBTransactionError: CustomStringConvertible {
    /// Kind, number of attempts and every cause on one line.
    public var description: String {
        let causes: [(String, (any Error)?)] = [
            ("begin", begin), ("body", body), ("commit", commit), ("rollback", rollback),
        ]
        let details = causes.compactMap { name, error in error.map { "\(name): \($0)" } }
        let count = attempts == 1 ? "1 attempt" : "\(attempts) attempts"
        return "transaction failed (\(kind.rawValue)) after \(count); \(details.joined(separator: "; "))"
    }
}
