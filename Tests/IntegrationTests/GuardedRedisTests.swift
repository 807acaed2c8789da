import LocalServers
import Logging
import NIOCore
import NIOPosix
import Redis
import Resilience
import TestSupport
import Testing

/// The callback form of a command against a Redis that stands still, in every state of the breaker.
@Suite("The guarded client of Redis", .serialized)
struct GuardedRedisTests {
    private typealias Reply = Result<RedisReply, any Error>

    /// Sends PING so many times in one tick of an event loop of the client; nil for one that found no connection.
    private func ask(_ redis: GuardedRedisClient, _ eventLoop: any EventLoop, times: Int = 1) async throws -> [Reply?] {
        let promises = (0..<times).map { _ in eventLoop.makePromise(of: Reply?.self) }
        eventLoop.execute {
            for promise in promises {
                let isAsked = redis.send(
                    answer: { promise.succeed($0) },
                    encode: { encoder in
                        encoder.begin(count: 1)
                        encoder.write("PING")
                    }
                )
                if !isAsked { promise.succeed(nil) }
            }
        }
        var replies: [Reply?] = []
        for promise in promises { replies.append(try await promise.futureResult.get()) }
        return replies
    }

    @Test(
        "Closed it is sent, open it is refused at once, half open one is the probe, and its answer closes the breaker"
    )
    func everyState() async throws {
        let server = try await TestRedis.start()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        let client = RedisClient(
            configuration: RedisConfiguration(
                address: .unixSocket(path: server.socketPath),
                commandTimeout: .milliseconds(200)
            ),
            eventLoopGroup: group,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let policy = CircuitBreaker.Policy(failures: 2, openTime: .seconds(3_600), firstRecheck: .milliseconds(1))
        let breaker = StoreBreaker(name: "redis", policy: policy)
        let redis = GuardedRedisClient(client, breaker: breaker)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await redis.run() }
            try await redis.waitUntilReady(within: .seconds(60))
            let closed = try await ask(redis, eventLoop, times: 3)
            #expect(try closed.allSatisfy { try $0?.get().string() == "PONG" })

            try server.process().suspend()
            try await eventually("two calls in a row have failed") {
                // The connection that did not answer is closed, so that there may be none to ask.
                if case .success = try await ask(redis, eventLoop)[0] {
                    Issue.record("a Redis that stands still has answered")
                }
                return breaker.state == .open
            }
            for reply in try await ask(redis, eventLoop, times: 3) { #expect(reply?.refusal?.store == "redis") }

            try server.process().resume()
            try await eventually("Redis answers") {
                try await redis.ping()
                return try await eventLoop.submit { redis.hasOwnConnection }.get()
            }
            try await eventually("it is half open") {
                breaker.sawSignOfLife()
                return breaker.state == .halfOpen
            }
            let replies = try await ask(redis, eventLoop, times: 3)
            #expect(try replies[0]?.get().string() == "PONG")
            for reply in replies[1...] { #expect(reply?.refusal?.store == "redis") }
            #expect(breaker.state == .closed)
            tasks.cancelAll()
            try await tasks.waitForAll()
        }
        try await server.stop()
        try await group.shutdownGracefully()
    }
}

extension Result<RedisReply, any Error> {
    /// What a breaker has answered.
    fileprivate var refusal: CircuitOpen? { if case .failure(let error) = self { error as? CircuitOpen } else { nil } }
}
