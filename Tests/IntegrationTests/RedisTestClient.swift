import Logging
import NIOCore
import NIOPosix
import Redis
import TestSupport

extension TestRedis {
    /// A configuration for a client of this server over its TCP port, or over another address.
    func configuration(
        over address: RedisConfiguration.Address? = nil,
        _ adjust: (inout RedisConfiguration) -> Void = { _ in }
    ) -> RedisConfiguration {
        var configuration = RedisConfiguration(
            address: address ?? .tcp(host: "127.0.0.1", port: port),
            database: database,
            // No test is about these unless it says so, and a loaded machine must not fail it.
            connectTimeout: .seconds(30),
            commandTimeout: .seconds(60),
            reconnectDelay: .milliseconds(5) ... .milliseconds(50)
        )
        adjust(&configuration)
        return configuration
    }
}

/// A client for which `run()` has not been called.
func makeRedisClient(
    _ configuration: RedisConfiguration,
    on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
) -> RedisClient {
    RedisClient(
        configuration: configuration,
        eventLoopGroup: group,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
}

/// Runs a client for as long as `body` runs, which begins once the client is ready unless `isReady` is false.
func withRedis<Result>(
    _ configuration: RedisConfiguration,
    on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    isReady: Bool = true,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (RedisClient) async throws -> Result
) async throws -> Result {
    let client = makeRedisClient(configuration, on: group)
    let running = Task { try await client.run() }
    let result: Result
    do {
        if isReady { try await client.waitUntilReady(within: .seconds(60)) }
        result = try await body(client)
    } catch {
        running.cancel()
        try await running.value
        throw error
    }
    running.cancel()
    try await running.value
    return result
}

/// Runs the body with an event loop of its own: what other tests do on the shared ones does not delay it.
func withEventLoop<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (any EventLoop) async throws -> Result
) async throws -> Result {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let result: Result
    do {
        result = try await body(group.next())
    } catch {
        try await group.shutdownGracefully()
        throw error
    }
    try await group.shutdownGracefully()
    return result
}

/// As ``withRedis(_:on:isReady:isolation:_:)``, on the shared server with a database of the test's own.
func withRedis<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (RedisClient) async throws -> Result
) async throws -> Result {
    try await withRedis(TestRedis.shared().configuration(), isolation: isolation, body)
}

/// Runs a proxy before the shared server, and a client on one event loop that connects through it.
func withFaultyRedis<Result>(
    commandTimeout: Duration = .seconds(60),
    isolation: isolated (any Actor)? = #isolation,
    _ body: (RedisClient, FaultProxy, TestRedis) async throws -> Result
) async throws -> Result {
    let redis = try await TestRedis.shared()
    let proxy = try await FaultProxy.start(to: .tcp(port: redis.port))
    let configuration = redis.configuration(over: .tcp(host: "127.0.0.1", port: proxy.port)) {
        $0.commandTimeout = commandTimeout
    }
    do {
        let result = try await withEventLoop(isolation: isolation) { eventLoop in
            try await withRedis(configuration, on: eventLoop, isolation: isolation) {
                try await body($0, proxy, redis)
            }
        }
        await proxy.stop()
        return result
    } catch {
        await proxy.stop()
        throw error
    }
}

extension RedisClient {
    /// The error that a command fails with; `nil` if it succeeds.
    func failure(of command: RedisCommand) async -> RedisError? {
        do {
            _ = try await send(command)
            return nil
        } catch {
            return error as? RedisError
        }
    }

    /// What `ECHO` answers.
    func echo(_ text: String) async throws -> String {
        try await send(RedisCommand("ECHO", [RedisArgument(text)])).string()
    }
}
