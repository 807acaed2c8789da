import Redis
import Testing

@Suite("Configuration and errors")
struct RedisConfigurationTests {
    @Test("the description shows the server, never the password")
    func description() {
        var configuration = RedisConfiguration(
            address: .tcp(host: "redis.example", port: 6379),
            username: "sale",
            password: "hunter2",
            database: 3,
            tls: .init()
        )
        #expect("\(configuration)" == "rediss://sale@redis.example:6379/3")
        #expect(!String(reflecting: configuration).contains("hunter2"))
        configuration.address = .unixSocket(path: "/run/redis.sock")
        #expect("\(configuration)".contains("/run/redis.sock"))
    }

    @Test("an error tells its whole story, and where it arose")
    func error() {
        let cause = RedisError(.authenticationFailed, "WRONGPASS")
        let error = RedisError(.notConnected, "not connected to x", cause: cause)
        #expect("\(error)" == "notConnected: not connected to x (cause: authenticationFailed: WRONGPASS)")
        #expect(error.file.hasSuffix("RedisConfigurationTests.swift"))
        #expect(error.line > 0)
    }
}
