import FlashSaleStorage
import Foundation
import Glibc
import LocalServers
import MariaDB
import Resilience
import ShopSupport
import TestSupport
import Testing

/// Failed work, the monitor, and a worker for one run, as an operator uses them.
@Suite("End to end: failed work")
struct FailedWorkTests {
    @Test("A worker for one run serves everybody, ends by itself, and leaves nothing; what it put aside is retried")
    func oneRun() async throws {
        try await RunningShop.with(workers: 0, environment: ["FLASHSALE_OUTBOX_URL": "log"]) { shop in
            let product = try await shop.createProduct(stock: 50)
            try await shop.refuseOrders(of: "poison")
            for user in ["ann", "poison", "bob"] { #expect(try await shop.join(product, user).status.code == 202) }
            let run = try await shop.fleet.run("flashsale", ["worker", "--stop-when-empty"])
            #expect(run.exit == .code(0), "\(run.standardError)")
            #expect(run.standardError.contains("Every line is empty."))
            #expect(
                (run.standardOutput + run.standardError).contains("flashsale-worker"),
                "the worker's output is seen"
            )
            #expect(try await shop.standing(product, "bob")["status"] == "completed")
            #expect(try await shop.standing(product, "poison")["status"] == "failed")
            #expect(try await shop.count("SELECT COUNT(*) FROM leases WHERE until > NOW(6)") == 0)
            #expect(try await shop.count("SELECT COUNT(*) FROM outbox WHERE state <> 'delivered'") == 0)

            let letter = try await shop.count("SELECT id FROM dead_letters")
            let shown = try await shop.fleet.run("flashsale", ["failed", "show", "\(letter)"])
            #expect(shown.standardOutput.contains("|1:2:1:poison|"), "\(shown.standardOutput)")
            #expect(shown.standardOutput.contains("failed retry \(letter)"))
            try await shop.execute("DROP TRIGGER refuse")
            let retried = try await shop.fleet.run("flashsale", ["failed", "retry", "--all"])
            #expect(retried.exit == .code(0), "\(retried.standardError)")
            #expect(retried.standardOutput.contains("with ticket 4"), "\(retried.standardOutput)")
            let second = try await shop.fleet.run("flashsale", ["worker", "--stop-when-empty", "--max-time", "60s"])
            #expect(second.exit == .code(0), "\(second.standardError)")
            #expect(try await shop.standing(product, "poison")["status"] == "completed")
            #expect(try await shop.fleet.run("flashsale", ["audit"]).exit == .code(0))
        }
    }

    @Test("Letters are kept while joining is refused, and flushed only with --yes")
    func keptAndFlushed() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 1)
            try await shop.execute(
                """
                INSERT INTO dead_letters (product_id, batch, position, raw, reason)
                VALUES (\(product), 1, 0, '1:900:7:ann', 'tried'), (\(product), 1, 1, x'00FF', 'not of the form')
                """
            )
            let list = try await shop.fleet.run("flashsale", ["failed", "list", "\(product)"])
            #expect(list.exit == .code(0) && list.standardOutput.contains("ann"), "\(list.standardOutput)")
            let retried = try await shop.fleet.run("flashsale", ["failed", "retry", "--all", "--json"])
            #expect(retried.exit == .code(1))
            #expect(retried.standardOutput.contains(#""kept": 2"#), "\(retried.standardOutput)")
            #expect(retried.standardOutput.contains("at most 1 unit"), "\(retried.standardOutput)")
            let refused = try await shop.fleet.run("flashsale", ["failed", "flush", "--all"])
            #expect(refused.exit == .code(1) && refused.standardError.contains("--yes"), "\(refused.standardError)")
            #expect(try await shop.count("SELECT COUNT(*) FROM dead_letters") == 2)
            let flushed = try await shop.fleet.run("flashsale", ["failed", "flush", "--all", "--yes"])
            #expect(flushed.exit == .code(0) && flushed.standardOutput.contains("2 dead letters removed."))
            #expect(try await shop.count("SELECT COUNT(*) FROM dead_letters") == 0)
        }
    }

    @Test("The worker's time ends although somebody waits; its own exit code is passed on; a signal ends both")
    func ends() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold"])
            for user in ["ann", "bob"] { _ = try await shop.join(product, user) }
            // Bob waits for what Ann holds: the line does not get empty by itself.
            let timed = try await shop.fleet.run("flashsale", ["worker", "--stop-when-empty", "--max-time", "3s"])
            #expect(timed.exit == .code(0), "\(timed.standardError)")
            #expect(timed.standardError.contains("Its 3s are over."), "\(timed.standardError)")
            #expect(try await shop.standing(product, "bob")["status"] == "queued")

            let command = try await shop.fleet.start("flashsale", arguments: ["worker"])
            try await eventually("the worker lives") { try await shop.count("SELECT COUNT(*) FROM workers") == 1 }
            command.send(signal: SIGINT)
            #expect(await command.waitForExit(within: .seconds(60)) == .code(0))
            #expect(try await shop.count("SELECT COUNT(*) FROM workers") == 0, "the worker gave its leases back")

            try await shop.execute("INSERT INTO schema_migrations (version, name, checksum) VALUES (999, 'later', 'x')")
            let refused = try await shop.fleet.run("flashsale", ["worker"])
            #expect(refused.exit == .code(1) && refused.standardError.contains("V999"), "\(refused.standardError)")
            #expect(refused.standardError.contains("exit code 1"), "\(refused.standardError)")
        }
    }

    @Test("The monitor shows the lines, their worker and the API's breakers, frame by frame, until Ctrl-C")
    func monitor() async throws {
        try await RunningShop.with(workers: 1) { shop in
            let product = try await shop.createProduct(stock: 5)
            _ = try await shop.join(product, "ann")
            try await eventually("ann is served") { try await shop.standing(product, "ann")["status"] == "completed" }
            let address = ["--set", "api.url=http://127.0.0.1:\(shop.port)"]
            let run = try await shop.fleet.run(
                "flashsale",
                ["queue", "monitor", "\(product)", "--frames", "2", "--interval", "100ms"] + address
            )
            #expect(run.exit == .code(0), "\(run.standardError)")
            for text in ["4/5", "1 completed", "open", ": ready; redis ok", "redis_breaker closed"] {
                #expect(run.standardOutput.components(separatedBy: text).count == 3, "\(text)\n\(run.standardOutput)")
            }
            #expect(!run.standardOutput.contains("\u{1B}"), "no terminal, no control sequences")
            let away = try await shop.fleet.run(
                "flashsale",
                ["queue", "monitor", "--frames", "1", "--json", "--set", "api.url=http://127.0.0.1:1"]
            )
            let frame = try #require(
                try JSONSerialization.jsonObject(with: Data(away.standardOutput.utf8)) as? [String: Any]
            )
            #expect((frame["lines"] as? [[String: Any]])?.first?["waiting"] as? Int == 0)
            #expect((frame["api"] as? [String: Any])?["status"] as? String == "out_of_reach")

            let endless = try await shop.fleet.start("flashsale", arguments: ["queue", "monitor"] + address)
            try await eventually("a frame is shown") { !shop.fleet.lines(containing: "Ctrl-C ends").isEmpty }
            endless.send(signal: SIGINT)
            #expect(await endless.waitForExit(within: .seconds(60)) == .code(0))
        }
    }
}

extension RunningShop {
    fileprivate func execute(_ sql: String) async throws {
        try await stores.database.withConnection { _ = try $0.execute(sql) }
    }

    /// Makes the books refuse one user's orders, as a value that can't be stored does.
    fileprivate func refuseOrders(of user: String) async throws {
        try await execute(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON orders FOR EACH ROW
            IF NEW.user_id = '\(user)' THEN
                SIGNAL SQLSTATE '22003' SET MYSQL_ERRNO = 1264, MESSAGE_TEXT = 'Out of range value';
            END IF
            """
        )
    }
}
