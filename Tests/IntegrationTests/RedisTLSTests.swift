import Foundation
import LocalServers
import Redis
import TestSupport
import Testing

@Suite("Redis: TLS", .timeLimit(.minutes(5)))
struct RedisTLSTests {
    @Test(
        "a server with a trusted certificate for its name, or for its IP address, is accepted",
        arguments: [
            "localhost", "127.0.0.1",
        ]
    )
    func trusted(host: String) async throws {
        let server = try await TLSServer.start()
        let configuration = server.configuration(host: host, caFile: server.certificates.caFile)
        try await withRedis(configuration) { client in
            try await eventuallyEchoes(client)
            let large = [UInt8](repeating: 0x61, count: 1_000_000)
            #expect(try await client.send(RedisCommand("ECHO", [RedisArgument(large)])).bytes() == large)
        }
        try await server.redis.stop()
    }

    @Test("a certificate of another authority is refused")
    func untrusted() async throws {
        let server = try await TLSServer.start()
        let others = try await Certificates.make()
        try await expectRefusal(server.configuration(host: "localhost", caFile: others.caFile))
        try await server.redis.stop()
    }

    @Test("a certificate for another name is refused")
    func wrongName() async throws {
        let server = try await TLSServer.start(names: "DNS:redis.example")
        try await expectRefusal(server.configuration(host: "localhost", caFile: server.certificates.caFile))
        var configuration = server.configuration(host: "localhost", caFile: server.certificates.caFile)
        configuration.tls?.serverName = "redis.example"
        try await withRedis(configuration) { try await eventuallyEchoes($0) }
        try await server.redis.stop()
    }

    @Test("a server that speaks no TLS is refused")
    func plainServer() async throws {
        let redis = try await TestRedis.shared()
        let certificates = try await Certificates.make()
        let configuration = redis.configuration {
            $0.tls = .init(caFile: certificates.caFile)
            // Redis takes the beginning of TLS for half a line, and waits for the rest.
            $0.connectTimeout = .milliseconds(300)
        }
        try await withRedis(configuration, isReady: false) { client in
            try await eventually("the attempt times out") {
                let cause = await client.failure(of: RedisCommand("PING"))?.cause as? RedisError
                return cause?.code == .timedOut
            }
            #expect(!client.isReady)
        }
    }

    @Test("a CA file that does not exist ends run()")
    func missingCAFile() async throws {
        let redis = try await TestRedis.shared()
        let client = makeRedisClient(redis.configuration { $0.tls = .init(caFile: "/nonexistent/ca.pem") })
        let failure = await #expect(throws: RedisError.self) { try await client.run() }
        #expect(failure?.code == .invalidConfiguration)
        #expect(failure?.message.contains("/nonexistent/ca.pem") == true)
    }

    private func expectRefusal(_ configuration: RedisConfiguration) async throws {
        try await withRedis(configuration, isReady: false) { client in
            try await eventually("the connection is refused") {
                let failure = await client.failure(of: RedisCommand("PING"))
                return failure?.code == .notConnected && failure.map { "\($0)".contains("SSL") } == true
            }
            #expect(!client.isReady)
        }
    }
}

/// A Redis server that also listens on a TLS port.
private struct TLSServer {
    let redis: TestRedis
    let port: Int
    let certificates: Certificates

    static func start(names: String = "DNS:localhost,IP:127.0.0.1") async throws -> TLSServer {
        let certificates = try await Certificates.make(names: names)
        let port = try LoopbackPort.free()
        let redis = try await TestRedis.start(arguments: [
            "--tls-port", "\(port)", "--tls-auth-clients", "no",
            "--tls-cert-file", certificates.certificateFile, "--tls-key-file", certificates.keyFile,
        ])
        return TLSServer(redis: redis, port: port, certificates: certificates)
    }

    func configuration(host: String, caFile: String) -> RedisConfiguration {
        redis.configuration(over: .tcp(host: host, port: port)) { $0.tls = .init(caFile: caFile) }
    }
}

/// A certificate authority of the moment, and a server certificate that it has signed.
private struct Certificates {
    let caFile: String
    let certificateFile: String
    let keyFile: String

    /// `names` as in OpenSSL's `subjectAltName`.
    static func make(names: String = "DNS:localhost") async throws -> Certificates {
        let folder = try TestFolders.make()
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let newKey = ["req", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        try await openssl(
            newKey + ["-x509", "-days", "1", "-subj", "/CN=Test CA", "-keyout", path("ca.key"), "-out", path("ca.pem")]
        )
        try await openssl(
            newKey + ["-subj", "/CN=localhost", "-keyout", path("redis.key"), "-out", path("redis.csr")]
        )
        try Data("subjectAltName=\(names)".utf8).write(to: folder.appendingPathComponent("names.cnf"))
        try await openssl([
            "x509", "-req", "-days", "1", "-in", path("redis.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
            "-CAcreateserial", "-extfile", path("names.cnf"), "-out", path("redis.pem"),
        ])
        return Certificates(
            caFile: path("ca.pem"),
            certificateFile: path("redis.pem"),
            keyFile: path("redis.key")
        )
    }

    private static func openssl(_ arguments: [String]) async throws {
        let finished = try await ChildProcess.run(ChildProcess.Launch("openssl", arguments), within: .seconds(60))
        try #require(finished.exit == .code(0), "openssl: \(finished.standardError)")
    }
}
