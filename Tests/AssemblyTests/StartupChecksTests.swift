import FlashSaleStorage
import Logging
import MariaDB
import Redis
import Resilience
import TestSupport
import Testing

@testable import Assembly

/// The checks against real servers.
@Suite("Start-up checks: real stores")
struct StartupChecksTests {
    private static let good = [
        "--innodb-flush-log-at-trx-commit=1", "--sync-binlog=1", "--default-storage-engine=InnoDB",
    ]

    /// Arguments of redis-server for a user who may use these commands.
    private static func user(_ name: String, _ commands: String...) -> [String] {
        ["--user", name, "on", ">secret", "~*", "&*"] + commands
    }

    private func check(
        _ redis: TestRedis,
        _ mariadb: TestMariaDB,
        profile: Profile = .production,
        username: String? = nil
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let stores = Stores(
            redis: RedisConfiguration(
                address: .unixSocket(path: redis.socketPath),
                username: username,
                password: username.map { _ in "secret" },
                commandTimeout: .seconds(60)
            ),
            mariadb: MariaDBConfiguration(
                address: .unixSocket(path: mariadb.socketPath),
                user: mariadb.user,
                password: mariadb.password,
                database: mariadb.database
            ),
            breakers: .neverOpening,
            logger: logger
        )
        try await stores.whileRunning {
            try await stores.checkSettings(for: profile, within: .seconds(60), logger: logger)
        }
    }

    private func failure(_ redis: TestRedis, _ mariadb: TestMariaDB) async throws -> StartFailure {
        try #require(await #expect(throws: StartFailure.self) { try await check(redis, mariadb) })
    }

    @Test("Servers with our durable settings pass")
    func good() async throws {
        let redis = try await TestRedis.start(durable: true)
        let mariadb = try await TestMariaDB.start(arguments: Self.good)
        try await check(redis, mariadb)
        try await redis.stop()
        try await mariadb.stop()
    }

    @Test("All wrong settings of both servers are told at once; in development none is")
    func wrong() async throws {
        let redis = try await TestRedis.start(
            arguments: [
                "--appendfsync", "everysec", "--no-appendfsync-on-rewrite", "yes", "--maxmemory-policy", "allkeys-lru",
            ]
        )
        let mariadb = try await TestMariaDB.start(
            arguments: [
                "--innodb-flush-log-at-trx-commit=2", "--log-bin=binlog", "--sync-binlog=0",
                "--default-storage-engine=Aria",
            ]
        )
        let failure = try await failure(redis, mariadb)
        #expect(failure.exitCode == 1)
        for line in [
            "config/redis.conf: appendonly yes", "config/redis.conf: appendfsync always",
            "config/redis.conf: no-appendfsync-on-rewrite no", "config/redis.conf: maxmemory-policy noeviction",
            "config/mariadb.cnf: innodb_flush_log_at_trx_commit = 1", "config/mariadb.cnf: sync_binlog = 1",
            "config/mariadb.cnf: default_storage_engine = InnoDB",
        ] {
            #expect(failure.description.contains("Set the line of \(line)"), "\(line)")
        }
        #expect(failure.description.split(separator: "\n").count == 1 + 2 * 7)
        try await check(redis, mariadb, profile: .development)
        try await redis.stop()
        try await mariadb.stop()
    }

    @Test("A user who may not read the configuration gets what INFO knows, and is let in where nothing is wrong")
    func acl() async throws {
        let redis = try await TestRedis.start(
            arguments: Self.user("shop", "+@all", "-config") + Self.user("blind", "+ping", "+client"),
            durable: true
        )
        let mariadb = try await TestMariaDB.start(arguments: Self.good)
        try await check(redis, mariadb, username: "shop")
        try await check(redis, mariadb, username: "blind")
        try await redis.stop()

        let unsafe = try await TestRedis.start(arguments: Self.user("shop", "+@all", "-config"))
        let error = await #expect(throws: StartFailure.self) { try await check(unsafe, mariadb, username: "shop") }
        #expect(error?.description.contains("appendonly is 'no'") == true)
        try await unsafe.stop()
        try await mariadb.stop()
    }

    @Test("A Redis that is not there ends the start with the exit code for that")
    func away() async throws {
        let mariadb = try await TestMariaDB.shared()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let stores = Stores(
            redis: RedisConfiguration(address: .unixSocket(path: "/nonexistent/redis.sock")),
            mariadb: MariaDBConfiguration(address: .unixSocket(path: mariadb.socketPath), user: mariadb.user),
            breakers: .neverOpening,
            logger: logger
        )
        let error = await #expect(throws: StartFailure.self) {
            try await stores.whileRunning {
                try await stores.checkSettings(for: .production, within: .milliseconds(50), logger: logger)
            }
        }
        #expect(error?.exitCode == 3)
    }
}
