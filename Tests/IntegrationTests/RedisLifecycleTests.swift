import LocalServers
import Logging
import NIOPosix
import Redis
import ServiceLifecycle
import TestSupport
import Testing

@Suite("Redis: start, loss and end", .timeLimit(.minutes(5)))
struct RedisLifecycleTests {
    /// Longer than any test: a command that waits for it hangs its test.
    private static let never = Duration.seconds(3_600)

    @Test("a server that was killed comes back, and so does the client")
    func killAndRestart() async throws {
        let redis = try await TestRedis.start(durable: true)
        try await withRedis(redis.configuration()) { client in
            _ = try await client.send(RedisCommand("SET", key: "k", ["kept"]))
            for _ in 0..<2 {
                try await redis.kill()
                try await eventually("the loss is noticed") {
                    let failure = await client.failure(of: RedisCommand("PING"))
                    return failure?.code == .notConnected && !client.isReady
                }
                try await redis.restart()
                try await eventually("the client is back") {
                    try await client.send(RedisCommand("GET", key: "k")).string() == "kept"
                }
            }
        }
        try await redis.stop()
    }

    @Test("commands in flight fail when the server is killed; their outcome is unknown")
    func killInFlight() async throws {
        let redis = try await TestRedis.start()
        try await withRedis(redis.configuration { $0.commandTimeout = Self.never }) { client in
            try redis.process().suspend()
            let waiting = (0..<100).map { _ in Task { await client.failure(of: RedisCommand("INCR", key: "n")) } }
            // The first command's own connection may close before a later one is sent: that one is not connected.
            try await redis.kill()
            for task in waiting {
                let failure = try #require(await task.value)
                #expect(failure.outcomeIsUnknown == (failure.code == .connectionLost))
                #expect(failure.code == .connectionLost || failure.code == .notConnected)
            }
        }
    }

    @Test("without a server commands fail at once, with the reason")
    func away() async throws {
        let configuration = RedisConfiguration(
            address: .unixSocket(path: "/nonexistent/redis.sock"),
            connectTimeout: Self.never,
            commandTimeout: Self.never,
            reconnectDelay: .milliseconds(5) ... .milliseconds(10)
        )
        try await withRedis(configuration, isReady: false) { client in
            try await eventually("an attempt has failed") {
                let failure = await client.failure(of: RedisCommand("PING"))
                return failure?.code == .notConnected && failure?.cause != nil
            }
            let failure = await #expect(throws: RedisError.self) {
                try await client.waitUntilReady(within: .milliseconds(1))
            }
            #expect(failure?.code == .notConnected)
            #expect(failure?.cause != nil)
        }
    }

    @Test("cancelling run() fails the commands in flight, and refuses those after them")
    func cancellation() async throws {
        try await withInFlightIncrement(fault: .swallowReplies) { client, run, command in
            let running = Task { try await run() }
            let increment = try await command()
            running.cancel()
            try await running.value
            let failure = await #expect(throws: RedisError.self) { try await increment.value }
            #expect(failure?.code == .connectionLost)
            #expect(failure?.outcomeIsUnknown == true)
            #expect((failure?.cause as? RedisError)?.code == .shutDown)
            #expect(await client.failure(of: RedisCommand("PING"))?.code == .shutDown)
            #expect(!client.isReady)
        }
    }

    @Test("a graceful shutdown awaits the replies on their way, and takes no more commands")
    func gracefulShutdown() async throws {
        try await withInFlightIncrement(fault: .delay(milliseconds: 1_000)) { client, _, command in
            let services = ServiceGroup(services: [client], logger: Logger(label: "test"))
            let running = Task { try await services.run() }
            let increment = try await command()
            await services.triggerGracefulShutdown()
            try await running.value
            #expect(try await increment.value.integer() == 1)
            #expect(await client.failure(of: RedisCommand("PING"))?.code == .shutDown)
        }
    }

    @Test("a graceful shutdown without a server ends at once")
    func gracefulShutdownWhileAway() async throws {
        let configuration = RedisConfiguration(
            address: .unixSocket(path: "/nonexistent/redis.sock"),
            reconnectDelay: Self.never...Self.never
        )
        let client = makeRedisClient(configuration)
        let services = ServiceGroup(services: [client], logger: Logger(label: "test"))
        let running = Task { try await services.run() }
        try await eventually("an attempt has failed") { await client.failure(of: RedisCommand("PING"))?.cause != nil }
        await services.triggerGracefulShutdown()
        try await running.value
        #expect(await client.failure(of: RedisCommand("PING"))?.code == .shutDown)
    }

    /// Prepares an `INCR` that Redis has executed while its reply is withheld by `fault`.
    private func withInFlightIncrement(
        fault: FaultProxy.Fault,
        _ body: (
            _ client: RedisClient,
            _ run: @escaping @Sendable () async throws -> Void,
            _ command: () async throws -> Task<RedisReply, any Error>
        ) async throws -> Void
    ) async throws {
        let redis = try await TestRedis.shared()
        let proxy = try await FaultProxy.start(to: .tcp(port: redis.port))
        let configuration = redis.configuration(over: .tcp(host: "127.0.0.1", port: proxy.port))
        let client = makeRedisClient(configuration, on: MultiThreadedEventLoopGroup.singleton.next())
        try await withRedis(redis.configuration()) { direct in
            try await body(client, { try await client.run() }) {
                try await client.waitUntilReady(within: .seconds(60))
                proxy.set(fault)
                let increment = Task { try await client.send(RedisCommand("INCR", key: "n")) }
                try await eventually("the command is executed") {
                    try await direct.send(RedisCommand("GET", key: "n")).optionalString() == "1"
                }
                return increment
            }
        }
        await proxy.stop()
    }
}
