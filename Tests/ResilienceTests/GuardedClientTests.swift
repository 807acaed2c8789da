import Logging
import MariaDB
import NIOPosix
import Redis
import Resilience
import Synchronization
import Testing

/// Clients that were never started: what they are asked fails at once, or not before its time in the queue.
@Suite("Guarded clients, with nothing to talk to")
struct GuardedClientTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func redis() -> GuardedRedisClient {
        let client = RedisClient(
            configuration: RedisConfiguration(address: .tcp(host: "127.0.0.1", port: 1)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
        let policy = CircuitBreaker.Policy(failures: 2, openTime: .seconds(3_600))
        return GuardedRedisClient(client, breaker: StoreBreaker(name: "redis", policy: policy))
    }

    private typealias Call = @Sendable (GuardedRedisClient) async throws -> Void

    private static let ping = RedisCommand("PING")
    private static let script = RedisScript(name: "one", source: "return 1")
    private static let calls: [Call] = [
        { _ = try await $0.send(ping) }, { _ = try await $0.send([ping]) }, { _ = try await $0.sendInOrder([ping]) },
        { _ = try await $0.evaluate(script, keys: []) },
    ]

    @Test("Every form of a call counts, and ends at once with an open circuit", arguments: 0..<4)
    func everyForm(index: Int) async throws {
        let redis = redis()
        for _ in 0..<2 {
            let error = await #expect(throws: RedisError.self) { try await Self.calls[index](redis) }
            #expect(error?.code == .notConnected)
        }
        #expect(redis.breaker.state == .open)
        for call in Self.calls {
            let error = await #expect(throws: CircuitOpen.self) { try await call(redis) }
            #expect(error?.store == "redis")
        }
    }

    @Test("Pings and the unguarded view ask past an open circuit, and say nothing to it")
    func pastTheBreaker() async throws {
        let redis = redis()
        for _ in 0..<2 { try? await Self.calls[0](redis) }
        #expect(redis.breaker.state == .open)
        await #expect(throws: RedisError.self) { try await redis.ping() }
        for _ in 0..<10 {
            await #expect(throws: RedisError.self) { _ = try await redis.unguarded.send(Self.ping) }
        }
        #expect(redis.breaker.state == .open)
    }

    @Test("Open, the callback is called at once with the open circuit, though there is no connection")
    func callbackWhileOpen() async throws {
        let redis = redis()
        for _ in 0..<2 { try? await Self.calls[0](redis) }
        let answer: Mutex<(any Error)?> = Mutex(nil)
        let isAnswered = redis.send(
            answer: { result in
                if case .failure(let error) = result { answer.withLock { $0 = error } }
            },
            encode: { _ in Issue.record("a command was written") }
        )
        #expect(isAnswered)
        #expect(answer.withLock { $0 } is CircuitOpen)
    }

    @Test("Half open, a caller on an event loop without a connection leaves the place of the probe to others")
    func callbackWithoutConnection() async throws {
        let redis = redis()
        for _ in 0..<2 { try? await Self.calls[0](redis) }
        while redis.breaker.state != .halfOpen {
            redis.breaker.sawSignOfLife()
            try await Task.sleep(for: .milliseconds(1))
        }
        let isAnswered = redis.send(answer: { _ in Issue.record("nothing was asked") }, encode: { _ in })
        #expect(!isAnswered)
        // The probe is the next call: it goes through, and fails.
        let error = await #expect(throws: RedisError.self) { try await Self.calls[0](redis) }
        #expect(error?.code == .notConnected)
        #expect(redis.breaker.state == .open)
    }

    @Test("MariaDB: transactions and connections count, and end at once with an open circuit; pings go past it")
    func mariaDB() async throws {
        var configuration = MariaDBConfiguration(address: .tcp(host: "127.0.0.1", port: 1), user: "nobody")
        configuration.queueTimeout = .milliseconds(1)
        let client = MariaDBClient(configuration: configuration, logger: logger)
        let breaker = StoreBreaker(name: "mariadb", policy: .init(failures: 2, openTime: .seconds(3_600)))
        let database = GuardedMariaDBClient(client, breaker: breaker)
        // A client that does not run is none that has failed.
        for _ in 0..<5 {
            await #expect(throws: MariaDBTransactionError.self) { try await database.withTransaction { _ in } }
            await #expect(throws: MariaDBError.self) { try await database.withConnection { _ in } }
        }
        #expect(breaker.state == .closed)
        for _ in 0..<2 { breaker.ended(try breaker.permit(), .failed) }
        await #expect(throws: CircuitOpen.self) { try await database.withTransaction { _ in } }
        await #expect(throws: CircuitOpen.self) { try await database.withConnection { _ in } }
        await #expect(throws: MariaDBError.self) { try await database.ping() }
        await #expect(throws: MariaDBError.self) { try await database.unguarded.withConnection { _ in } }
        #expect(breaker.state == .open)
    }
}
