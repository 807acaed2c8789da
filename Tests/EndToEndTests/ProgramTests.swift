import FlashSaleStorage
import Foundation
import Glibc
import LocalServers
import MariaDB
import Redis
import Resilience
import ShopSupport
import TestSupport
import Testing

/// How the programs start, show that they live, and end.
@Suite("End to end: the programs")
struct ProgramTests {
    @Test(
        "A database without its migrations is refused, with the command that mends it",
        arguments: ["flashsale-api", "flashsale-worker"]
    )
    func missingMigrations(_ program: String) async throws {
        let fleet = try await emptyStores()
        let refused = try await fleet.run(program, ["--log-format", "json"])
        #expect(refused.exit == .code(1))
        #expect(refused.standardError.contains("flashsale migrate"))
        let migrated = try await fleet.run("flashsale", ["migrate"])
        #expect(migrated.exit == .code(0))
        let again = try await fleet.run("flashsale", ["migrate"])
        #expect(again.exit == .code(0))
    }

    @Test("A database that a newer build has migrated is refused")
    func unknownMigration() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let sql = "INSERT INTO schema_migrations (version, name, checksum) VALUES (999, 'later', 'x')"
            try await shop.stores.database.withConnection { _ = try $0.execute(sql) }
            let refused = try await shop.fleet.run("flashsale-worker", [])
            #expect(refused.exit == .code(1))
            #expect(refused.standardError.contains("V999"))
            #expect(try await shop.get("/ready").status.code == 503)
        }
    }

    @Test("A wrong value names the key, the value, its source and what is allowed; secrets stay secret")
    func wrongConfiguration() async throws {
        let fleet = Fleet(environment: ["FLASHSALE_LINE_RATE_LIMIT": "many", "FLASHSALE_REDIS_PASSWORD": "hunter2"])
        let refused = try await fleet.run("flashsale-api", ["--http-port", "99999", "--htp-port", "1"])
        #expect(refused.exit == .code(2))
        for word in [
            "http.port", "99999", "--http-port", "line.rate-limit", "many", "FLASHSALE_LINE_RATE_LIMIT", "--htp-port",
        ] {
            #expect(refused.standardError.contains(word))
        }
        #expect(!refused.standardError.contains("hunter2"))
        let help = try await fleet.run("flashsale-worker", ["--help"])
        #expect(help.exit == .code(0))
        #expect(
            help.standardOutput.contains("worker.batch-size") || help.standardOutput.contains("--worker-batch-size")
        )
    }

    @Test("A port that is taken is named, with the setting to change")
    func busyPort() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let refused = try await shop.fleet.run("flashsale-api", ["--http-port", "\(shop.port)"])
            #expect(refused.exit == .code(1))
            #expect(refused.standardError.contains("\(shop.port)"))
            #expect(refused.standardError.contains("--http-port"))
        }
    }

    @Test("Health, readiness, metrics, request ids, and JSON logs")
    func signsOfLife() async throws {
        try await RunningShop.with(workers: 1) { shop in
            let product = try await shop.createProduct(stock: 5)
            let joined = try await shop.join(product, "ann")
            #expect(joined.headers["x-request-id"]?.isEmpty == false)
            try await eventually("ann is served") { try await shop.standing(product, "ann")["status"] == "completed" }
            #expect(try await shop.get("/health").status.code == 200)
            let ready = try await shop.get("/ready")
            for check in ["redis", "mariadb", "migrations"] { #expect(ready.text.contains("\"\(check)\"")) }
            let metrics = try await shop.get("/metrics").text
            #expect(metrics.contains(#"flashsale_joins_total{result="joined"} 1"#))
            #expect(metrics.contains("flashsale_http_request_seconds_bucket"))
            #expect(shop.fleet.lines(containing: "listening on 127.0.0.1:\(shop.port)").count == 1)
        }
    }

    @Test("SIGTERM ends the API and the worker cleanly: leases are given back, nothing is left half done")
    func termination() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 500)
            for number in 0..<200 { _ = try await shop.join(product, "user\(number)") }
            let worker = try await shop.startWorker()
            try await eventually("somebody is decided") { try await shop.count("SELECT COUNT(*) FROM decisions") > 0 }
            #expect(await worker.terminate(within: .seconds(30)) == .code(0))
            #expect(try await shop.count("SELECT COUNT(*) FROM leases WHERE until > NOW(6)") == 0)
            #expect(try await shop.count("SELECT COUNT(*) FROM workers") == 0)
            let processing = RedisCommand("EXISTS", key: "flash_sale_processing:{\(product)}")
            #expect(try await shop.stores.redis.send(processing).integer() == 0)
        }
    }

    private func emptyStores() async throws -> Fleet {
        let environment = RunningShop.storeEnvironment(try await TestRedis.shared(), try await TestMariaDB.shared())
        return Fleet(environment: environment)
    }
}
