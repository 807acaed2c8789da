import FlashSale
import MariaDB
import Redis
import Resilience

extension GuardedMariaDBClient {
    /// Runs a transaction of ours.
    ///
    /// What the domain's closure throws comes out as it is; what the database throws becomes ``StoreUnavailable`` or
    /// ``OutcomeUnknown``, except for mistakes of ours and values it can never store.
    func inTransaction<R: Sendable>(
        _ body: @Sendable @escaping (MariaDBConnection) throws -> R
    ) async throws -> R {
        do {
            return try await withTransaction(body)
        } catch {
            throw Self.domainError(error)
        }
    }

    /// Runs statements that need no transaction.
    func onConnection<R: Sendable>(_ body: @Sendable @escaping (MariaDBConnection) throws -> R) async throws -> R {
        do {
            return try await withConnection(body)
        } catch {
            throw Self.domainError(error)
        }
    }

    private static func domainError(_ error: any Error) -> any Error {
        if let transaction = error as? MariaDBTransactionError, let body = transaction.body, !(body is MariaDBError) {
            return body
        }
        guard let kind = MariaDBError.kind(of: error) else {
            return StoreUnavailable.telling(error, "MariaDB was not asked")
        }
        return switch kind {
        case .unknownOutcome: OutcomeUnknown(cause: error)
        case .alreadyExists, .entry, .bug, .other: error
        default: StoreUnavailable(reason: "MariaDB did not do it", cause: error)
        }
    }
}

extension StoreUnavailable {
    /// What the domain is told when a call has failed: ``StoreUnavailable`` when Redis did not do it, or when a breaker did
    /// not let the call through; every other error as it is.
    static func telling(_ error: any Error, _ reason: @autoclosure () -> String) -> any Error {
        switch error {
        case let open as CircuitOpen:
            StoreUnavailable(reason: reason(), cause: open, retryAfter: open.retryAfter)
        case is RedisError: StoreUnavailable(reason: reason(), cause: error)
        default: error
        }
    }

    /// What the domain is told when a script did not run, or its reply could not be read.
    static func telling(_ error: any Error, of script: RedisScript) -> any Error {
        telling(error, "Redis did not run the script \(script.name)")
    }
}
