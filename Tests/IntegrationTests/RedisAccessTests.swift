import Redis
import TestSupport
import Testing

@Suite("Redis: addresses, users and databases", .timeLimit(.minutes(5)))
struct RedisAccessTests {
    @Test("a Unix socket works like a port")
    func unixSocket() async throws {
        let redis = try await TestRedis.shared()
        try await withRedis(redis.configuration(over: .unixSocket(path: redis.socketPath))) { client in
            try await eventuallyEchoes(client)
        }
    }

    @Test("each client is in the database it names")
    func databases() async throws {
        let first = try await TestRedis.shared()
        let second = try await TestRedis.shared()
        try await withRedis(first.configuration()) { client in
            _ = try await client.send(RedisCommand("SET", key: "k", ["first"]))
            try await withRedis(second.configuration()) { other in
                let reply = try await other.send(RedisCommand("GET", key: "k"))
                #expect(reply == .null)
            }
            #expect(try await client.send(RedisCommand("GET", key: "k")).string() == "first")
        }
    }

    @Test("a database that does not exist is the reason why there is no connection")
    func missingDatabase() async throws {
        let redis = try await TestRedis.shared()
        try await withRedis(redis.configuration { $0.database = 100_000 }, isReady: false) { client in
            try await eventually("the reason is known") {
                let cause = await client.failure(of: RedisCommand("PING"))?.cause as? RedisError
                return cause?.serverError?.code == "ERR"
            }
        }
    }

    @Test("a connection bears the client's name")
    func clientName() async throws {
        let redis = try await TestRedis.shared()
        try await withRedis(redis.configuration { $0.clientName = "sale-api" }) { client in
            let name = try await client.send(RedisCommand("CLIENT", ["GETNAME"])).string()
            #expect(name == "sale-api")
        }
    }

    @Test("a wrong password, or none, is the reason why there is no connection", arguments: [nil, "wrong"])
    func wrongPassword(password: String?) async throws {
        let redis = try await TestRedis.start(arguments: ["--requirepass", "secret"])
        try await withRedis(redis.configuration { $0.password = password }, isReady: false) { client in
            try await eventually("the reason is known") {
                let cause = await client.failure(of: RedisCommand("PING"))?.cause as? RedisError
                return cause?.code == .authenticationFailed
            }
            let failure = try #require(await client.failure(of: RedisCommand("PING")))
            #expect(failure.code == .notConnected)
            #expect(!"\(failure)".contains("wrong "))
            let wait = await #expect(throws: RedisError.self) {
                try await client.waitUntilReady(within: .milliseconds(1))
            }
            #expect(wait?.code == .authenticationFailed)
        }
        try await redis.stop()
    }

    @Test("the right password, and an ACL user who may do only what is used")
    func users() async throws {
        let redis = try await TestRedis.start(arguments: ["--requirepass", "secret"])
        try await withRedis(redis.configuration { $0.password = "secret" }) { admin in
            let rules: [RedisArgument] = ["SETUSER", "seller", "on", ">pass", "~sale:*", "+get", "+set", "+select"]
            _ = try await admin.send(RedisCommand("ACL", rules))
        }
        let configuration = redis.configuration {
            $0.username = "seller"
            $0.password = "pass"
            $0.database = 1
            $0.clientName = "seller"
        }
        try await withRedis(configuration) { client in
            _ = try await client.send(RedisCommand("SET", key: "sale:1", ["x"]))
            #expect(await client.failure(of: RedisCommand("GET", key: "other"))?.serverError?.code == "NOPERM")
            #expect(await client.failure(of: RedisCommand("FLUSHALL"))?.serverError?.code == "NOPERM")
        }
        try await redis.stop()
    }
}
