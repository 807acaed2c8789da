import Redis
import TestSupport
import Testing

@Suite("Redis: subscriptions", .timeLimit(.minutes(5)))
struct RedisSubscriptionTests {
    /// Channels belong to the whole server, not to a database.
    private func withOwnRedis(
        _ adjust: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (RedisClient) async throws -> Void
    ) async throws {
        let redis = try await TestRedis.start()
        try await withRedis(redis.configuration(adjust), body)
        try await redis.stop()
    }

    private func publish(_ payload: [UInt8], to channel: String, with client: RedisClient) async throws {
        let listeners = try await client.send(
            RedisCommand("PUBLISH", [RedisArgument(channel), RedisArgument(payload)])
        )
        #expect(try listeners.integer() == 1)
    }

    @Test("what is published within the body arrives, in order and with any bytes")
    func messages() async throws {
        try await withOwnRedis { client in
            try await client.withSubscription(to: ["a", "b"]) { subscription in
                var sent: [RedisMessage] = []
                for number in 0..<100 {
                    let channel = number % 2 == 0 ? "a" : "b"
                    let payload: [UInt8] = [0x0D, 0x0A, 0x00, UInt8(number)]
                    try await publish(payload, to: channel, with: client)
                    sent.append(RedisMessage(channel: channel, payload: payload))
                }
                var received: [RedisMessage] = []
                for try await message in subscription {
                    received.append(message)
                    if received.count == sent.count { break }
                }
                #expect(received == sent)
            }
        }
    }

    @Test("the connection is closed with the end of the body")
    func end() async throws {
        try await withOwnRedis { client in
            try await client.withSubscription(to: ["a"]) { _ in
                let count = try await listenerCount(client)
                #expect(count == 1)
            }
            try await eventually("nobody listens") { try await listenerCount(client) == 0 }
        }
    }

    @Test("a lost connection ends the sequence with an error")
    func loss() async throws {
        try await withOwnRedis { client in
            try await client.withSubscription(to: ["a"]) { subscription in
                _ = try await client.send(RedisCommand("CLIENT", ["KILL", "TYPE", "pubsub"]))
                let failure = await #expect(throws: RedisError.self) { for try await _ in subscription {} }
                #expect(failure?.code == .connectionLost)
            }
        }
    }

    @Test("a connection that is silently dead ends the sequence, a quiet one does not")
    func silence() async throws {
        let redis = try await TestRedis.start()
        let proxy = try await FaultProxy.start(to: .tcp(port: redis.port))
        let configuration = redis.configuration(over: .tcp(host: "127.0.0.1", port: proxy.port)) {
            // Long enough for a loaded machine not to look dead.
            $0.commandTimeout = .seconds(10)
        }
        try await withEventLoop { eventLoop in
            try await withRedis(redis.configuration(), on: eventLoop) { direct in
                try await withRedis(configuration, on: eventLoop) { client in
                    try await client.withSubscription(to: ["a"]) { subscription in
                        // All handshakes are over: from now on, each PING is a heartbeat.
                        let pings = try await pingCount(direct)
                        try await eventually("a heartbeat") { try await pingCount(direct) > pings }
                        try await publish([1], to: "a", with: direct)
                        var iterator = subscription.makeAsyncIterator()
                        let message = try await iterator.next()
                        #expect(message?.payload == [1])
                        proxy.set(.halfOpen)
                        let failure = await #expect(throws: RedisError.self) { try await iterator.next() }
                        #expect(failure?.code == .timedOut)
                    }
                }
            }
        }
        await proxy.stop()
        try await redis.stop()
    }

    @Test("shutting down ends the sequence with an error")
    func shutDown() async throws {
        let redis = try await TestRedis.shared()
        let client = makeRedisClient(redis.configuration())
        let running = Task { try await client.run() }
        try await client.waitUntilReady(within: .seconds(60))
        try await client.withSubscription(to: ["shut-down"]) { subscription in
            running.cancel()
            let failure = await #expect(throws: RedisError.self) { for try await _ in subscription {} }
            #expect(failure?.code == .shutDown)
        }
        try await running.value
        let failure = await #expect(throws: RedisError.self) {
            try await client.withSubscription(to: ["shut-down"]) { _ in }
        }
        #expect(failure?.code == .shutDown)
    }

    @Test("cancelling the subscriber ends the sequence")
    func cancellation() async throws {
        try await withOwnRedis { client in
            let listening = Task {
                try await client.withSubscription(to: ["a"]) { subscription in
                    for try await _ in subscription {}
                }
            }
            try await eventually("it listens") { try await listenerCount(client) == 1 }
            listening.cancel()
            _ = await listening.result
            try await eventually("nobody listens") { try await listenerCount(client) == 0 }
        }
    }

    @Test("a subscription that cannot be opened is thrown")
    func refusal() async throws {
        let redis = try await TestRedis.start()
        try await withRedis(redis.configuration()) { client in
            try await redis.kill()
            let failure = await #expect(throws: RedisError.self) {
                try await client.withSubscription(to: ["a"]) { _ in }
            }
            #expect(failure?.code == .notConnected)
        }
    }

    private func listenerCount(_ client: RedisClient) async throws -> Int64 {
        let counts = try await client.send(RedisCommand("PUBSUB", ["NUMSUB", "a"])).array()
        return try counts[1].integer()
    }

    private func pingCount(_ client: RedisClient) async throws -> Int {
        let statistics = try await client.send(RedisCommand("INFO", ["commandstats"])).string()
        let line = statistics.split(separator: "\r\n").first { $0.hasPrefix("cmdstat_ping:calls=") }
        return line?.split(separator: "=")[1].split(separator: ",").first.flatMap { Int($0) } ?? 0
    }
}
