import Redis
import TestSupport
import Testing

/// The network between client and server misbehaves.
///
/// Short timeouts make these tests fast: where a loaded machine could exceed them by itself, the assertion is repeated
/// until it holds.
@Suite("Redis: faults on the way", .timeLimit(.minutes(5)))
struct RedisFaultTests {
    private static let short = Duration.seconds(1)

    @Test(
        "without replies callers time out, the connection is given up, and another one works",
        arguments: [
            FaultProxy.Fault.swallowReplies, .halfOpen,
        ]
    )
    func silence(fault: FaultProxy.Fault) async throws {
        try await withFaultyRedis(commandTimeout: Self.short) { client, proxy, _ in
            proxy.set(fault)
            // On a machine that stood still in between, the connection is given up first.
            let failure = await client.failure(of: RedisCommand("ECHO", ["lost"]))
            #expect(failure?.code == .timedOut || failure?.code == .connectionLost)
            #expect(failure?.outcomeIsUnknown == true)
            try await eventually("the silent connection is given up") {
                let failure = await client.failure(of: RedisCommand("ECHO", ["lost"]))
                return failure?.code == .connectionLost || failure?.code == .notConnected
            }
            proxy.set(.none)
            try await eventuallyEchoes(client)
        }
    }

    @Test("a reply that comes too late reaches nobody")
    func lateReply() async throws {
        try await withFaultyRedis(commandTimeout: .seconds(1)) { client, proxy, _ in
            proxy.set(.delay(milliseconds: 1_500))
            try await eventually("a caller times out") {
                await client.failure(of: RedisCommand("ECHO", ["late"]))?.code == .timedOut
            }
            proxy.set(.none)
            for number in 0..<50 {
                try await eventually("caller \(number) is answered") {
                    let answer = try await client.echo("\(number)")
                    #expect(answer == "\(number)")
                    return true
                }
            }
        }
    }

    @Test("replies may arrive byte by byte")
    func singleBytes() async throws {
        try await withFaultyRedis { client, proxy, _ in
            proxy.set(.singleBytes)
            let reply = try await client.send(RedisCommand("EVAL", ["return {1, {'two\\r\\n', {}}, false}", 0]))
            #expect(reply == .array([.integer(1), .array([.string(Array("two\r\n".utf8)), .array([])]), .null]))
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let answer = try await client.echo("caller \(number)")
                        #expect(answer == "caller \(number)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a connection cut in the middle of a reply fails its callers, and another one works")
    func cutReply() async throws {
        try await withFaultyRedis { client, proxy, _ in
            proxy.set(.cutAfter(bytes: 3))
            let failure = await client.failure(of: RedisCommand("ECHO", ["a longer reply"]))
            #expect(failure?.code == .connectionLost)
            #expect(failure?.outcomeIsUnknown == true)
            // Not even the handshake's reply passes now.
            #expect(await client.failure(of: RedisCommand("PING"))?.code == .notConnected)
            proxy.set(.none)
            try await eventuallyEchoes(client)
        }
    }

    @Test("a command whose reply is cut off was executed, and its outcome is unknown to the caller")
    func lostOutcome() async throws {
        try await withFaultyRedis { client, proxy, redis in
            proxy.set(.cutReplyTo("incr"))
            let failure = await client.failure(of: RedisCommand("INCR", key: "counter"))
            #expect(failure?.code == .connectionLost)
            #expect(failure?.outcomeIsUnknown == true)
            try await withRedis(redis.configuration()) { direct in
                let counter = try await direct.send(RedisCommand("GET", key: "counter")).string()
                #expect(counter == "1")
            }
        }
    }

    @Test("while the server refuses, commands fail at once with the cause")
    func refusal() async throws {
        try await withFaultyRedis { client, proxy, _ in
            proxy.set(.refuse)
            try await eventually("the refusal is noticed") {
                await client.failure(of: RedisCommand("PING"))?.code == .notConnected
            }
            let failure = try #require(await client.failure(of: RedisCommand("PING")))
            #expect(failure.code == .notConnected)
            #expect(failure.cause is RedisError)
            #expect(!failure.outcomeIsUnknown)
            #expect(!client.isReady)
            proxy.set(.none)
            try await eventuallyEchoes(client)
        }
    }

    @Test("a server that accepts but does not answer is no connection")
    func silentHandshake() async throws {
        let redis = try await TestRedis.shared()
        let proxy = try await FaultProxy.start(to: .tcp(port: redis.port))
        proxy.set(.halfOpen)
        let configuration = redis.configuration(over: .tcp(host: "127.0.0.1", port: proxy.port)) {
            $0.connectTimeout = Self.short
        }
        try await withRedis(configuration, isReady: false) { client in
            try await eventually("the handshake times out") {
                let failure = await client.failure(of: RedisCommand("PING"))
                return failure?.code == .notConnected && (failure?.cause as? RedisError)?.code == .timedOut
            }
            proxy.set(.none)
            try await eventuallyEchoes(client)
        }
        await proxy.stop()
    }
}

/// Waits until a client answers, and rightly.
func eventuallyEchoes(_ client: RedisClient) async throws {
    try await eventually("the client answers") {
        let answer = try await client.echo("hello")
        #expect(answer == "hello")
        return true
    }
}
