public import Logging
public import MariaDB
import NIOPosix
public import Redis

/// The two clients of a process.
public struct Stores: Sendable {
    /// The line.
    public let redis: RedisClient
    /// The truth.
    public let database: MariaDBClient

    /// Clients that connect once they run.
    public init(redis: RedisConfiguration, mariadb: MariaDBConfiguration, logger: Logger) {
        self.redis = RedisClient(
            configuration: redis,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
        database = MariaDBClient(configuration: mariadb, logger: logger)
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
