import Foundation
import TestSupport
import Testing

@testable import LocalServers

@Suite("Private mariadbd", .timeLimit(.minutes(5)))
struct LocalServersMariaDBTests {
    /// Runs a statement with the stock client, and returns its rows or its error.
    private func run(
        _ sql: String,
        on server: MariaDBServer,
        as account: MariaDBCredentials.Account?,
        over protocolArguments: [String]? = nil
    ) async throws -> String {
        let arguments =
            ["--no-defaults", "--batch", "--skip-column-names", "--user=\(account?.user ?? "root")"]
            + (protocolArguments ?? ["--socket=\(server.socketPath)"])
        let client = ChildProcess.Launch(
            "mariadb",
            arguments + ["--execute=\(sql)"],
            environment: ["MYSQL_PWD": account?.password ?? ""]
        )
        let finished = try await ChildProcess.run(client, within: .seconds(60))
        return finished.standardOutput + finished.standardError
    }

    @Test("config/mariadb.cnf and the embedded profile are the same")
    func profile() throws {
        #expect(try projectFile("config/mariadb.cnf") == MariaDBServer.durableProfile)
    }

    @Test("A durable server has the profile's settings, and keeps data and accounts between runs")
    func durable() async throws {
        let folder = try TestFolders.make()
        let options = MariaDBServer.Options(database: "shop_one", deathSignal: .kill)
        let server = try await MariaDBServer.start(in: folder, options: options)
        let settings = """
            SELECT @@innodb_flush_log_at_trx_commit, @@sync_binlog, @@tx_isolation, @@time_zone, @@local_infile,
                @@performance_schema, @@character_set_server, @@skip_networking, @@sql_mode LIKE '%STRICT_TRANS_TABLES%'
            """
        let values = try await run(settings, on: server, as: nil)
        #expect(values == "1\t1\tREAD-COMMITTED\t+00:00\t0\t0\tutf8mb4\t1\t1\n")
        let create = "CREATE TABLE shop_one.t (id INT) ENGINE=InnoDB; INSERT INTO shop_one.t VALUES (7)"
        #expect(try await run(create, on: server, as: server.credentials.migration) == "")
        await server.stop()
        #expect(server.child?.exit == .code(0))

        let again = try await MariaDBServer.start(in: folder, options: options)
        #expect(again.credentials == server.credentials)
        #expect(try await run("SELECT id FROM shop_one.t", on: again, as: again.credentials.application) == "7\n")
        #expect(try permissions(of: "\(folder.path)/credentials.json") == 0o600)
        #expect(try permissions(of: "\(folder.path)/accounts.sql") == 0o600)
        await again.kill()
    }

    @Test("The application's account changes rows, not tables; root is not there over TCP")
    func accounts() async throws {
        let options = MariaDBServer.Options(
            listener: .freePort,
            durability: .none,
            database: "shop_a",
            deathSignal: .kill
        )
        let server = try await MariaDBServer.start(in: TestFolders.make(), options: options)
        let application = server.credentials.application
        let prepare = "CREATE TABLE shop_a.t (id INT); CREATE DATABASE shopxa; CREATE TABLE shopxa.t (id INT)"
        #expect(try await run(prepare, on: server, as: nil) == "")
        #expect(try await run("INSERT INTO shop_a.t VALUES (1)", on: server, as: application) == "")
        for refused in ["DROP TABLE shop_a.t", "CREATE TABLE shop_a.u (id INT)", "SELECT * FROM shopxa.t"] {
            #expect(try await run(refused, on: server, as: application).contains("denied"), "\(refused)")
        }
        let migration = server.credentials.migration
        #expect(try await run("CREATE TABLE shop_a.u (id INT)", on: server, as: migration) == "")
        #expect(try await run("CREATE DATABASE other", on: server, as: migration).contains("denied"))
        let tcp = ["--protocol=TCP", "--host=127.0.0.1", "--port=\(try #require(server.port))"]
        #expect(try await run("SELECT 1", on: server, as: application, over: tcp) == "1\n")
        #expect(try await run("SELECT 1", on: server, as: nil, over: tcp).contains("denied"))
        await server.kill()
    }

    @Test("A server of a test keeps committed rows through kill -9")
    func killed() async throws {
        let server = try await TestMariaDB.start()
        try await server.executeAsRoot(
            "CREATE TABLE flashsale.t (id INT) ENGINE=InnoDB; INSERT INTO flashsale.t VALUES (1)"
        )
        try await server.kill()
        #expect(server.pid == nil)
        try await server.restart()
        try await server.executeAsRoot("SELECT 1/COUNT(*) FROM flashsale.t; SET sql_mode=''; DROP TABLE flashsale.t")
        try await server.stop()
    }

    @Test("Each test gets a schema of its own, and may not end the server of all")
    func sharedServer() async throws {
        let first = try await TestMariaDB.shared()
        let second = try await TestMariaDB.shared()
        #expect(first.database != second.database)
        #expect(first.port == second.port)
        await #expect(throws: TestServerError.self) { try await first.stop() }
    }

    @Test("A server that does not start is an error with the last lines of its log; a bad name one without")
    func doesNotStart() async throws {
        let folder = try TestFolders.make()
        let error = try await #require(throws: LocalServerError.self) {
            let options = MariaDBServer.Options(extraArguments: ["--no-such-option"], deathSignal: .kill)
            _ = try await MariaDBServer.start(in: folder, options: options)
        }
        #expect(error.code == .exited)
        #expect(error.message.contains("no-such-option"))
        let badName = try await #require(throws: LocalServerError.self) {
            _ = try await MariaDBServer.start(in: folder, options: MariaDBServer.Options(database: "a`b"))
        }
        #expect(badName.code == .badOption)
    }
}
