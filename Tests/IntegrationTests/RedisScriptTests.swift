import Redis
import TestSupport
import Testing

@Suite("Redis: scripts", .timeLimit(.minutes(5)))
struct RedisScriptTests {
    private let script = RedisScript(
        name: "join",
        source: "redis.call('INCR', KEYS[1]) return {KEYS[1], KEYS[2], ARGV[1], ARGV[2]}"
    )

    @Test("a script gets its keys and arguments, and runs once whether Redis knows it or not")
    func evaluate() async throws {
        let redis = try await TestRedis.start()
        try await withRedis(redis.configuration()) { client in
            for round in 1...3 {
                if round == 3 { _ = try await client.send(RedisCommand("SCRIPT", ["FLUSH"])) }
                let reply = try await client.evaluate(script, keys: ["a", "b"], ["x\r\n", 7])
                #expect(try reply.array().map { try $0.string() } == ["a", "b", "x\r\n", "7"])
                #expect(try await client.send(RedisCommand("GET", key: "a")).string() == "\(round)")
            }
            let known = try await client.send(RedisCommand("SCRIPT", ["EXISTS", RedisArgument(script.sha1)]))
            #expect(known == .array([.integer(1)]))
        }
        try await redis.stop()
    }

    @Test("an error in a script is the caller's")
    func failingScript() async throws {
        try await withRedis { client in
            let failing = RedisScript(name: "failing", source: "return redis.error_reply('STALE fence 7')")
            let failure = await #expect(throws: RedisError.self) { try await client.evaluate(failing, keys: ["k"]) }
            #expect(failure?.code == .server)
            #expect(failure?.serverError == RedisServerError(code: "STALE", message: "fence 7"))
        }
    }

    @Test("SCRIPT FLUSH in a loop is seen by no caller, and every call runs exactly once")
    func flushLoop() async throws {
        let redis = try await TestRedis.start()
        try await withRedis(redis.configuration()) { client in
            let flushing = Task {
                var flushes = 0
                while !Task.isCancelled {
                    _ = try await client.send(RedisCommand("SCRIPT", ["FLUSH"]))
                    flushes += 1
                }
                return flushes
            }
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask { [script] in
                        for _ in 0..<100 {
                            _ = try await client.evaluate(script, keys: ["n", "b"], [1, 2])
                        }
                    }
                }
                try await group.waitForAll()
            }
            flushing.cancel()
            let flushes = await flushing.result
            #expect((try? flushes.get()) ?? 1 > 0)
            #expect(try await client.send(RedisCommand("GET", key: "n")).string() == "2000")
        }
        try await redis.stop()
    }
}
