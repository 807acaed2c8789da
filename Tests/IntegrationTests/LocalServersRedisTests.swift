import Foundation
import TestSupport
import Testing

@testable import LocalServers

@Suite("Private redis-server", .timeLimit(.minutes(5)))
struct LocalServersRedisTests {
    /// Sends the words of one command, and returns the reply as the protocol has it.
    private func ask(_ server: RedisServer, _ words: String...) async throws -> String {
        let command = "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        let reply = try #require(await SocketProbe.ask(server.socketPath, request: Array(command.utf8)))
        return String(decoding: reply, as: UTF8.self)
    }

    @Test("config/redis.conf and the embedded profile are the same")
    func profile() throws {
        #expect(try projectFile("config/redis.conf") == RedisServer.durableProfile)
    }

    @Test("A durable server keeps what it answered through kill -9, on the same socket and port")
    func durable() async throws {
        let server = try await RedisServer.start(
            in: TestFolders.make(),
            options: RedisServer.Options(listener: .freePort, deathSignal: .kill)
        )
        #expect(try await ask(server, "CONFIG", "GET", "appendfsync").contains("always"))
        #expect(try await ask(server, "CONFIG", "GET", "maxmemory-policy").contains("noeviction"))
        #expect(try await ask(server, "CONFIG", "GET", "port").contains("\(try #require(server.port))"))
        #expect(try await ask(server, "SET", "place", "1042") == "+OK\r\n")
        let firstPid = server.pid
        await server.kill()
        #expect(server.pid == nil)
        try await server.restart()
        #expect(server.pid != firstPid)
        #expect(try await ask(server, "GET", "place") == "$4\r\n1042\r\n")
        await server.stop()
        #expect(server.child?.exit == .code(0))
    }

    @Test("A server with a password asks for it, and does not show it in the process list")
    func password() async throws {
        let folder = try TestFolders.make()
        let secret = #"s p"a\ce"#
        let options = RedisServer.Options(durability: .none, password: secret, deathSignal: .kill)
        let server = try await RedisServer.start(in: folder, options: options)
        #expect(try await ask(server, "PING").hasPrefix("-NOAUTH"))
        #expect(try await ask(server, "AUTH", secret) == "+OK\r\n")
        let pid = try #require(server.pid)
        #expect(try !String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8).contains("s p"))
        #expect(try permissions(of: "\(folder.path)/redis.conf") == 0o600)
        #expect(try permissions(of: folder.path) == 0o700)
        await server.stop()
    }

    @Test("A folder deep in the tree gets its socket elsewhere")
    func longPath() async throws {
        let folder = try TestFolders.make().appendingPathComponent(String(repeating: "deep/", count: 30))
        let options = RedisServer.Options(durability: .none, deathSignal: .kill)
        let server = try await RedisServer.start(in: folder, options: options)
        #expect(server.socketPath.utf8.count <= SocketFolder.maximumPathLength)
        #expect(try await ask(server, "PING") == "+PONG\r\n")
        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: server.socketPath))
    }

    @Test("A server that does not start is an error with the last lines of its log")
    func doesNotStart() async throws {
        let folder = try TestFolders.make()
        let options = RedisServer.Options(extraArguments: ["--maxmemory", "plenty"], deathSignal: .kill)
        let error = try await #require(throws: LocalServerError.self) {
            try await RedisServer.start(in: folder, options: options)
        }
        #expect(error.code == .exited)
        #expect(error.message.contains("maxmemory"))
        #expect(error.message.contains("redis.log"))
    }

    @Test("Each test gets a database of its own, and may not end the server of all")
    func sharedServer() async throws {
        let first = try await TestRedis.shared()
        let second = try await TestRedis.shared()
        #expect(first.database != second.database)
        #expect(first.port == second.port)
        await #expect(throws: TestServerError.self) { try await first.kill() }
    }
}

/// The text of a file of the project.
func projectFile(_ path: String, from file: String = #filePath) throws -> String {
    let root = URL(fileURLWithPath: file).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
}

/// The permission bits of a file.
func permissions(of path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
}
