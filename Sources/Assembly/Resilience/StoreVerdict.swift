import FlashSale
import MariaDB
import Redis

extension GuardedStore.Verdict {
    /// What an error of a store's call says of the store.
    ///
    /// Only a store that could not be reached, or did not answer, has failed. One that says no (sold out, fenced, a
    /// deadlock, memory full, read-only) works: opening the breaker would keep back what it still can do. Our own
    /// bounds say nothing: a crowd must not look like an outage.
    static func of(_ error: any Error) -> GuardedStore.Verdict {
        switch error {
        case let error as StoreUnavailable: error.cause.map(of) ?? .works
        case let error as OutcomeUnknown: of(error.cause)
        case is CircuitOpen: .saysNothing
        case let error as RedisError: error.verdict
        default: MariaDBError.kind(of: error).map { verdict(of: error, $0) } ?? .works
        }
    }

    private static func verdict(of error: any Error, _ kind: MariaDBError.Kind) -> GuardedStore.Verdict {
        switch kind {
        case .cannotConnect, .unknownOutcome: .failed
        // A lost connection and a deadlock may both be tried again, but only one of them is an answer.
        case .retry: conflictCodes.contains(code(of: error)) ? .works : .failed
        case .overloaded, .shutDown: .saysNothing
        case .lockWaitTimeout, .cannotWrite, .alreadyExists, .entry, .bug, .statementTimeout, .other: .works
        }
    }

    /// ER_LOCK_DEADLOCK, ER_CHECKREAD, ER_XA_RBDEADLOCK.
    private static let conflictCodes: Set<UInt32> = [1_213, 1_020, 1_614]

    private static func code(of error: any Error) -> UInt32 {
        switch error {
        case let error as MariaDBError: error.code
        case let error as MariaDBTransactionError:
            (error.commit ?? error.body ?? error.begin).map(code) ?? 0
        default: 0
        }
    }
}

extension RedisError {
    fileprivate var verdict: GuardedStore.Verdict {
        switch code {
        case .tooManyInFlight, .shutDown: .saysNothing
        case .unexpectedReply, .invalidConfiguration: .works
        case .server: Self.outageCodes.contains(serverError?.code ?? "") ? .failed : .works
        default: .failed
        }
    }

    /// What Redis answers to every command while it loads its data, runs a script without end, or lacks its master.
    private static let outageCodes: Set<String> = ["LOADING", "BUSY", "MASTERDOWN"]
}
