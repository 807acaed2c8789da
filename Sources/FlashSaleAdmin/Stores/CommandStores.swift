import Assembly
import FlashSaleStorage
import Logging
import MariaDB
import Redis
import Resilience

/// The stores of one command, for as long as it runs.
struct CommandStores: Sendable {
    /// What a command needs of Redis.
    enum RedisNeed {
        /// Nothing.
        case none
        /// It does its work without Redis, and tells the line of it if it can.
        case welcome
        /// It cannot do its work without Redis.
        case required
    }

    /// How long to wait for Redis: a server that answers takes milliseconds.
    private static let redisPatience = Duration.seconds(2)

    let configuration: Assembly.CommandConfiguration

    init(_ configuration: Assembly.CommandConfiguration) { self.configuration = configuration }

    init(_ globals: GlobalOptions) throws {
        self.init(try Assembly.CommandConfiguration.load(globals.sources()))
    }

    /// Lends the operator's view of both stores, once the schema is known to be this build's.
    ///
    /// - Throws: What the body throws; `SchemaMismatch`; `StoreUnavailable` or `RedisError` for a store that is needed.
    func withAdministration<R: Sendable>(
        redis need: RedisNeed,
        _ body: @Sendable @escaping (SaleAdministration) async throws -> R
    ) async throws -> R {
        let stores = stores(configuration.mariadb)
        return try await stores.whileRunning {
            try await Migrator(database: stores.database).check()
            try await Self.wait(for: stores.redis, need)
            return try await body(
                SaleAdministration(redis: stores.redis, database: stores.database, actor: .commandLine)
            )
        }
    }

    /// Lends the stores with the database user that may change tables.
    ///
    /// - Throws: As ``withAdministration(redis:_:)``, without `SchemaMismatch`.
    func withSchemaRights<R: Sendable>(
        redis need: RedisNeed,
        _ body: @Sendable @escaping (Stores) async throws -> R
    ) async throws -> R {
        let stores = stores(configuration.migrationSettings)
        return try await stores.whileRunning {
            try await Self.wait(for: stores.redis, need)
            return try await body(stores)
        }
    }

    /// Clients that log nothing: a command's errors say all there is to say.
    ///
    /// A command reaches its stores whatever has become of the calls before.
    private func stores(_ mariadb: MariaDBSettings) -> Stores {
        Stores(
            redis: configuration.redis.clientConfiguration(clientName: "flashsale"),
            mariadb: mariadb.clientConfiguration(),
            breakers: .neverOpening,
            logger: Logger(label: "flashsale", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    private static func wait(for redis: GuardedRedisClient, _ need: RedisNeed) async throws {
        switch need {
        case .none: return
        // Should it not answer, the change itself says that the line was not told.
        case .welcome: try? await redis.waitUntilReady(within: redisPatience)
        case .required: try await redis.waitUntilReady(within: redisPatience)
        }
    }
}
