import Foundation
import MariaDB
import TestSupport
import Testing

/// Ways to the server, and how it is known to be the right one.
struct MariaDBConnectTests {
    @Test("A Unix socket and TCP both lead to the server")
    func addresses() async throws {
        let database = try await TestMariaDB.shared()
        for address in [
            MariaDBConfiguration.Address.unixSocket(path: database.socketPath),
            .tcp(host: "127.0.0.1", port: database.port),
        ] {
            try await withMariaDB(database.configuration(over: address)) { client in
                try await client.ping()
                let name = try await client.withConnection {
                    try $0.query("SELECT DATABASE() AS name")[0].string("name")
                }
                #expect(name == database.database)
            }
        }
    }

    @Test("A wrong password is refused without being told to anybody")
    func wrongPassword() async throws {
        let configuration = try await TestMariaDB.shared().configuration { $0.password = "wrong-s3cret" }
        try await withMariaDB(configuration) { client in
            let error = try await #require(throws: MariaDBError.self) { try await client.ping() }
            #expect(error.kind == .cannotConnect)
            #expect(error.code == 1_045)
            #expect(error.message.contains("Access denied for user '\(configuration.user)'"))
            #expect(!"\(error)".contains("wrong-s3cret"))
        }
    }

    @Test("Nobody at the address, no such host, no such schema: cannot connect, with the reason")
    func nobodyThere() async throws {
        let database = try await TestMariaDB.shared()
        let proxy = try await FaultProxy.start(to: .tcp(port: database.port))
        let closedPort = proxy.port
        await proxy.stop()
        let configurations: [(MariaDBConfiguration, UInt32)] = [
            (database.configuration(over: .tcp(host: "127.0.0.1", port: closedPort)), 2_002),
            (database.configuration(over: .unixSocket(path: "/nowhere/mariadb.sock")), 2_002),
            (database.configuration { $0.database = "nowhere" }, 1_044),
        ]
        for (configuration, code) in configurations {
            try await withMariaDB(configuration) { client in
                let error = try await #require(throws: MariaDBError.self) { try await client.ping() }
                #expect(error.kind == .cannotConnect)
                #expect(error.code == code)
            }
        }
    }

    @Test("A server that accepts and then says nothing is given up on")
    func silentServer() async throws {
        let database = try await TestMariaDB.shared()
        let proxy = try await FaultProxy.start(to: .unixSocket(path: database.socketPath))
        proxy.set(.halfOpen)
        let address = MariaDBConfiguration.Address.tcp(host: "127.0.0.1", port: proxy.port)
        try await withMariaDB(database.configuration(over: address) { $0.connectTimeout = .milliseconds(1) }) {
            client in
            let error = try await #require(throws: MariaDBError.self) { try await client.ping() }
            #expect(error.kind == .cannotConnect)
        }
        await proxy.stop()
    }

    @Test("TLS: a server of a trusted authority is accepted under its name, any other refused")
    func encryption() async throws {
        let certificates = try Certificates(for: "IP:127.0.0.1")
        let database = try await TestMariaDB.start(arguments: certificates.serverArguments)
        let byNumber = MariaDBConfiguration.Address.tcp(host: "127.0.0.1", port: database.port)
        let byName = MariaDBConfiguration.Address.tcp(host: "localhost", port: database.port)
        let trusting = MariaDBConfiguration.TLS(caFile: certificates.authority)

        try await withMariaDB(database.configuration(over: byNumber) { $0.tls = trusting }) { client in
            try await #require(cipher(client) != "")
            try await client.withTransaction { try $0.execute("CREATE TEMPORARY TABLE t (id INT)") }
        }
        // Any certificate will do if nobody looks at it, but the bytes are encrypted.
        let blind = MariaDBConfiguration.TLS(caFile: certificates.stranger, verifiesServer: false)
        try await withMariaDB(database.configuration(over: byName) { $0.tls = blind }) { client in
            try await #require(cipher(client) != "")
        }
        try await withMariaDB(database.configuration(over: byNumber)) { client in
            try await #require(cipher(client) == "")
        }
        for (tls, address) in [
            (MariaDBConfiguration.TLS(caFile: certificates.stranger), byNumber), (.init(), byNumber),
            (trusting, byName),
        ] {
            try await withMariaDB(database.configuration(over: address) { $0.tls = tls }) { client in
                let error = try await #require(throws: MariaDBError.self) { try await client.ping() }
                #expect(error.kind == .cannotConnect)
                #expect(error.code == 2_026)
            }
        }
        try await database.stop()
    }

    @Test("TLS is never given up for a server that does not offer it", arguments: [true, false])
    func encryptionRequired(verifiesServer: Bool) async throws {
        let database = try await TestMariaDB.shared()
        let address = MariaDBConfiguration.Address.tcp(host: "127.0.0.1", port: database.port)
        let configuration = database.configuration(over: address) { $0.tls = .init(verifiesServer: verifiesServer) }
        try await withMariaDB(configuration) { client in
            let error = try await #require(throws: MariaDBError.self) { try await client.ping() }
            #expect(error.kind == .cannotConnect)
            #expect(error.code == 2_026)
        }
    }

    @Test("The server may not ask for a file of this machine")
    func localInfile() async throws {
        let database = try await TestMariaDB.start(arguments: ["--local-infile=1"])
        try await withMariaDB(database.configuration()) { client in
            let error = try await #require(throws: MariaDBError.self) {
                try await client.withConnection { connection in
                    try connection.execute("CREATE TABLE t (line TEXT)")
                    try connection.executeText("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t")
                }
            }
            #expect(error.statement?.hasPrefix("LOAD DATA") == true)
            let rows = try await client.withConnection { try $0.query("SELECT line FROM t") }
            #expect(rows.isEmpty)
        }
        try await database.stop()
    }

    private func cipher(_ client: MariaDBClient) async throws -> String {
        try await client.withConnection { connection in
            try connection.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")[0].string("Value")
        }
    }
}

/// A server's certificate with the authority that signed it, and another authority that did not; made by `openssl`.
private struct Certificates {
    let authority: String
    let stranger: String
    let serverArguments: [String]

    /// `name` is the certificate's only subject alternative name, such as `IP:127.0.0.1`.
    init(for name: String) throws {
        let folder = try TestFolders.make().path
        authority = "\(folder)/authority.pem"
        stranger = "\(folder)/stranger.pem"
        serverArguments = [
            "--ssl-ca=\(folder)/authority.pem", "--ssl-cert=\(folder)/server.pem", "--ssl-key=\(folder)/server.key",
        ]
        for file in ["authority", "stranger"] {
            try Self.openssl(
                "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=\(file) "
                    + "-keyout \(folder)/\(file).key -out \(folder)/\(file).pem"
            )
        }
        try Self.openssl(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=server -addext subjectAltName=\(name) "
                + "-addext basicConstraints=critical,CA:FALSE -CA \(folder)/authority.pem "
                + "-CAkey \(folder)/authority.key -keyout \(folder)/server.key -out \(folder)/server.pem"
        )
    }

    private static func openssl(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments)")
    }
}
