import Redis
import Testing

@Suite("Redis: commands and replies", .timeLimit(.minutes(5)))
struct RedisRepliesTests {
    private func evaluate(_ source: String, with client: RedisClient) async throws -> RedisReply {
        try await client.send(RedisCommand("EVAL", [RedisArgument(source), 0]))
    }

    @Test("what is written is read")
    func roundTrip() async throws {
        try await withRedis { client in
            let written = try await client.send(RedisCommand("SET", key: "k", ["grüße"]))
            #expect(written == .status("OK"))
            #expect(try await client.send(RedisCommand("GET", key: "k")).string() == "grüße")
            #expect(try await client.send(RedisCommand("INCRBY", key: "n", [-5])).integer() == -5)
            #expect(try await client.send(RedisCommand("GET", key: "absent")).optionalString() == nil)
            #expect(try await client.send(RedisCommand("DEL", keys: ["k", "n", "absent"])).integer() == 2)
        }
    }

    @Test("strings hold any bytes, line ends and zeros among them")
    func binary() async throws {
        let bytes = Array("\r\n$3\r\n\0\r\n".utf8) + Array(UInt8.min...UInt8.max)
        try await withRedis { client in
            _ = try await client.send(RedisCommand("SET", key: "k\r\n\0", [RedisArgument(bytes)]))
            #expect(try await client.send(RedisCommand("GET", key: "k\r\n\0")).bytes() == bytes)
            #expect(try await client.send(RedisCommand("SET", key: "empty", [""])) == .status("OK"))
            #expect(try await client.send(RedisCommand("GET", key: "empty")) == .string([]))
        }
    }

    @Test("50 MB pass in one command and in one reply, and small ones follow them")
    func largeReply() async throws {
        let size = 50 * 1_024 * 1_024
        var bytes = [UInt8](repeating: 0x41, count: size)
        for index in stride(from: 0, to: size, by: 4_093) { bytes[index] = UInt8(truncatingIfNeeded: index) }
        try await withRedis { [bytes] client in
            _ = try await client.send(RedisCommand("SET", key: "large", [RedisArgument(bytes)]))
            async let small = client.echo("beside it")
            let read = try await client.send(RedisCommand("GET", key: "large")).bytes()
            #expect(read == bytes)
            #expect(try await small == "beside it")
            #expect(try await client.echo("after it") == "after it")
            _ = try await client.send(RedisCommand("DEL", key: "large"))
        }
    }

    @Test("arrays may be empty, nested and null, and hold errors")
    func arrays() async throws {
        try await withRedis { client in
            let empty = try await evaluate("return {}", with: client)
            #expect(empty == .array([]))
            #expect(try await evaluate("return false", with: client) == .null)
            #expect(
                try await evaluate("return {1, {2, {'x', {}}}, false, redis.error_reply('MINE is bad')}", with: client)
                    == .array([
                        .integer(1),
                        .array([.integer(2), .array([.string(Array("x".utf8)), .array([])])]),
                        .null,
                        .error(RedisServerError(code: "MINE", message: "is bad")),
                    ])
            )
            // The reply of a blocking pop that timed out is the protocol's null array.
            #expect(try await client.send(RedisCommand("BLPOP", key: "absent", ["0.001"])) == .null)
        }
    }

    @Test("an error of the server is thrown with its code, and the connection goes on")
    func serverErrors() async throws {
        try await withRedis { client in
            _ = try await client.send(RedisCommand("SET", key: "text", ["x"]))
            let wrongType = await client.failure(of: RedisCommand("LPUSH", key: "text", ["y"]))
            #expect(wrongType?.code == .server)
            #expect(wrongType?.serverError?.code == "WRONGTYPE")
            #expect(wrongType?.outcomeIsUnknown == false)
            #expect(await client.failure(of: RedisCommand("NOSUCHCOMMAND"))?.serverError?.code == "ERR")
            #expect(try await client.echo("still here") == "still here")
        }
    }

    @Test("a reply nested too deeply closes the connection, and the next one works")
    func nesting() async throws {
        try await withRedis { client in
            let failure = await client.failure(of: RedisCommand("EVAL", ["return {{{{{{{{{{1}}}}}}}}}}", 0]))
            #expect(failure?.code == .connectionLost)
            #expect((failure?.cause as? RedisError)?.code == .protocolViolation)
            try await client.waitUntilReady(within: .seconds(60))
            try await eventuallyEchoes(client)
        }
    }

    @Test("a pipeline's replies come in its order, errors among them")
    func pipeline() async throws {
        try await withRedis { client in
            let replies = try await client.send([
                RedisCommand("SET", key: "k", ["1"]),
                RedisCommand("LPUSH", key: "k", ["x"]),
                RedisCommand("INCR", key: "k"),
            ])
            #expect(replies.count == 3)
            #expect(replies[0] == .status("OK"))
            #expect(#expect(throws: RedisError.self) { try replies[1].integer() }?.serverError?.code == "WRONGTYPE")
            #expect(replies[2] == .integer(2))
            let many = try await client.send((0..<10_000).map { RedisCommand("ECHO", [RedisArgument($0)]) })
            #expect(try many.map { try $0.string() } == (0..<10_000).map(String.init))
        }
    }

    @Test("a transaction in one pipeline is not mixed with others' commands")
    func transaction() async throws {
        try await withRedis { client in
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let key = "counter-\(number % 10)"
                        let replies = try await client.send([
                            RedisCommand("MULTI"), RedisCommand("INCR", key: key),
                            RedisCommand("LPUSH", key: key, ["x"]), RedisCommand("EXEC"),
                        ])
                        let results = try #require(replies.last).array()
                        #expect(results.count == 2)
                        #expect(try results[0].integer() > 0)
                        #expect(throws: RedisError.self) { try results[1].integer() }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
