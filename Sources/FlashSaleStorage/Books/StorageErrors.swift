import FlashSale
import MariaDB

extension MariaDBClient {
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
        guard let kind = MariaDBError.kind(of: error) else { return error }
        return switch kind {
        case .unknownOutcome: OutcomeUnknown(cause: error)
        case .alreadyExists, .entry, .bug, .other: error
        default: StoreUnavailable(reason: "MariaDB did not do it", cause: error)
        }
    }
}
