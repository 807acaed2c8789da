import MariaDB
import Redis

/// What the end of a call says of the store.
///
/// Only a store that could not be reached, or did not answer, has failed. One that says no (sold out, fenced, a deadlock,
/// memory full, read-only) works: opening the breaker would keep back what it still can do. Our own bounds say nothing: a
/// crowd must not look like an outage.
public enum CallVerdict: Hashable, Sendable {
    /// It works: what it said was no, or was not understood.
    case works
    /// It did not do its work.
    case failed
    /// Nothing: the call never got so far.
    case saysNothing

    /// What an error of a call says.
    public init(of error: any Error) {
        switch error {
        case is CancellationError, is CircuitOpen: self = .saysNothing
        case let error as RedisError: self = error.verdict
        default: self = MariaDBError.kind(of: error).map { Self.verdict(of: error, $0) } ?? .works
        }
    }

    /// What the replies of several commands say, errors among them.
    init(of replies: [RedisReply]) {
        let hasFailed = replies.contains { reply in
            if case .error(let error) = reply { RedisError.outageCodes.contains(error.code) } else { false }
        }
        self = hasFailed ? .failed : .works
    }

    private static func verdict(of error: any Error, _ kind: MariaDBError.Kind) -> CallVerdict {
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
    fileprivate var verdict: CallVerdict {
        switch code {
        case .tooManyInFlight, .shutDown: .saysNothing
        case .unexpectedReply, .invalidConfiguration: .works
        case .server: Self.outageCodes.contains(serverError?.code ?? "") ? .failed : .works
        default: .failed
        }
    }

    /// What Redis answers to every command while it loads its data, runs a script without end, or lacks its master.
    fileprivate static let outageCodes: Set<String> = ["LOADING", "BUSY", "MASTERDOWN"]
}
