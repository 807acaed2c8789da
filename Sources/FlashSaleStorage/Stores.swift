public import Logging
public import MariaDB
import NIOPosix
public import Redis
public import Resilience

/// The two clients of a process, each behind its circuit breaker.
public struct Stores: Sendable {
    /// The line.
    public let redis: GuardedRedisClient
    /// The truth.
    public let database: GuardedMariaDBClient

    /// Clients that connect once they run.
    ///
    /// - Parameter breakers: One for each store. Servers have breakers that open. Tools (the command line, migrations, the
    ///   audit) have ``StoreBreakers/neverOpening``: each of their calls is one that an operator has asked for, and an
    ///   outage has to come out with what the store said.
    public init(
        redis: RedisConfiguration,
        mariadb: MariaDBConfiguration,
        breakers: StoreBreakers,
        logger: Logger
    ) {
        let client = RedisClient(
            configuration: redis,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
        self.redis = GuardedRedisClient(client, breaker: breakers.redis)
        database = GuardedMariaDBClient(
            MariaDBClient(configuration: mariadb, logger: logger),
            breaker: breakers.mariadb
        )
    }

    /// Watches for signs of life of stores whose breaker is open, until its task is cancelled.
    public func watch() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await redis.watch() }
            group.addTask { await database.watch() }
        }
    }

    /// Runs the clients while the body runs, and ends them after it.
    ///
    /// - Throws: What the body throws.
    public func whileRunning<Result: Sendable>(
        _ body: @Sendable @escaping () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await redis.run()
                return nil
            }
            group.addTask {
                try await database.run()
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let next = try await group.next() {
                if let result = next { return result }
            }
            throw CancellationError()
        }
    }
}
