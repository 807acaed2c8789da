import Assembly
import FlashSale
import FlashSaleStorage
import LocalServers
import MariaDB
import Redis

extension CommandFailure {
    /// What any error means for whoever typed the command; nil for one that is none of ours.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as ConfigurationError: self = .usage(error.description)
        case let error as InvalidValue: self = .refused(error.description)
        case let error as InvalidValues: self = .refused(error.description)
        case let error as UnknownProduct: self = .refused(Self.sentence(error.description))
        case let error as SchemaMismatch: self = .refused(Self.sentence(error.description))
        case let error as LocalServerError: self = .refused(error.message)
        case let error as StoreUnavailable: self = Self.describing(error)
        case let error as OutcomeUnknown:
            self = .outOfReach(
                "The connection was lost before MariaDB confirmed the change: \(Self.words(of: error.cause))\n"
                    + "It may have happened. Look before you try again: flashsale product list"
            )
        case let error as RedisError: self = Self.describing(error)
        case is MariaDBError, is MariaDBTransactionError: self = Self.refusedByDatabase(error)
        default: return nil
        }
    }

    private static func describing(_ error: StoreUnavailable) -> CommandFailure {
        switch error.cause {
        case let cause as RedisError: describing(cause)
        case let cause?:
            .outOfReach(
                """
                MariaDB is out of reach: \(words(of: cause))
                Is it running? The settings in use: flashsale config
                """
            )
        case nil: .outOfReach(sentence(error.reason))
        }
    }

    private static func describing(_ error: RedisError) -> CommandFailure {
        if error.code == .invalidConfiguration { return .usage("Redis cannot be used as configured: \(error.message)") }
        return .outOfReach(
            """
            Redis is out of reach: \(words(of: error))
            Is it running? The settings in use: flashsale config
            """
        )
    }

    /// An error that MariaDB answered with, and that is no matter of reaching it.
    private static func refusedByDatabase(_ error: any Error) -> CommandFailure {
        var text = "MariaDB refused: \(words(of: error))"
        if let code = databaseError(in: error)?.code, deniedCodes.contains(code) {
            text += "\nMigrations need a user that may change tables: set mariadb.migration-user and its password."
        }
        return .refused(text)
    }

    /// ER_DBACCESS_DENIED_ERROR and ER_TABLEACCESS_DENIED_ERROR.
    private static let deniedCodes: Set<UInt32> = [1_044, 1_142]

    /// What a store said, without the places in our source that its error carries for a log.
    private static func words(of error: any Error) -> String {
        if let error = error as? RedisError {
            return [error.message, error.cause.map { "\($0)" }].compactMap { $0 }.joined(separator: ": ")
        }
        guard let error = databaseError(in: error) else { return "\(error)" }
        return error.code == 0 ? error.message : "\(error.message) (error \(error.code))"
    }

    private static func databaseError(in error: any Error) -> MariaDBError? {
        guard let transaction = error as? MariaDBTransactionError else { return error as? MariaDBError }
        return (transaction.commit ?? transaction.body ?? transaction.begin) as? MariaDBError
    }

    /// The domain writes its words as the end of a log line: here they begin a message.
    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
