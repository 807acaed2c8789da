import FlashSaleStorage
import Foundation
import Glibc
import LocalServers
import MariaDB
import Resilience
import ShopSupport
import TestSupport
import Testing

/// `flashsale rehearse` against the real programs.
@Suite("End to end: a rehearsal", .serialized)
struct RehearsalTests {
    private let small = ["rehearse", "--users", "200", "--stock", "20", "--seed", "1", "--json"]

    private func with(_ body: @Sendable @escaping (RunningShop) async throws -> Void) async throws {
        let port = try LoopbackPort.free()
        let environment = [
            "FLASHSALE_API_URL": "http://127.0.0.1:\(port)", "FLASHSALE_PAYMENTS_SIGNATURE": "standard",
            "FLASHSALE_PAYMENTS_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ]
        try await RunningShop.with(workers: 1, environment: environment, port: port, body)
    }

    private func document(_ run: ChildProcess.Finished) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(run.standardOutput.utf8)) as? [String: Any],
            "\(run.standardError)"
        )
    }

    @Test("200 people for 20 units: PASS, with a report in three files")
    func passes() async throws {
        try await with { shop in
            let folder = try TestFolders.make().appendingPathComponent("report")
            let run = try await shop.fleet.run("flashsale", small + ["--report", folder.path])
            #expect(run.exit == .code(0), "\(run.standardError)\(run.standardOutput)")
            let report = try document(run)
            #expect(report["verdict"] as? String == "PASS")
            #expect((report["outcomes"] as? [String: Int])?["completed"] == 20)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(Set(files) == ["report.html", "report.json", "report.txt"])
            let id = try #require(report["product_id"] as? Int)
            #expect(try await shop.count("SELECT COUNT(*) FROM orders WHERE product_id = \(id)") == 20)
        }
    }

    @Test("Holds that are paid or run out, with a pause in the middle: every unit is paid for in the end")
    func holds() async throws {
        try await with { shop in
            let options = [
                "--checkout", "hold", "--pay", "0.7", "--hold-seconds", "1", "--payment-seconds", "2", "--disturb",
                "pause", "--disturb-for", "1s",
            ]
            let run = try await shop.fleet.run("flashsale", small + options)
            #expect(run.exit == .code(0), "\(run.standardError)\(run.standardOutput)")
            #expect((try document(run)["outcomes"] as? [String: Int])?["completed"] == 20)
        }
    }

    @Test("A row that somebody changed in the database while it runs makes it FAIL")
    func doctored() async throws {
        try await with { shop in
            async let finished = shop.fleet.run(
                "flashsale",
                ["rehearse", "--users", "60", "--stock", "60", "--arrival", "steady", "--over", "6s", "--json"]
            )
            try await eventually("a first order is there") { try await shop.count("SELECT COUNT(*) FROM orders") > 0 }
            try await shop.stores.database.withConnection { connection in
                _ = try connection.execute("UPDATE orders SET user_id = 'somebody-else' ORDER BY ticket LIMIT 1")
            }
            let run = try await finished
            #expect(run.exit == .code(1), "\(run.standardError)\(run.standardOutput)")
            #expect(run.standardError.contains("The audit of both stores finds nothing"))
        }
    }

    @Test("Ctrl-C ends it with what is known so far; without an API it says what to do")
    func interrupted() async throws {
        try await with { shop in
            let options = ["--arrival", "steady", "--over", "60s"]
            let rehearsal = try await shop.fleet.start("flashsale", arguments: small + options)
            try await eventually("somebody has come") { try await shop.count("SELECT COUNT(*) FROM orders") > 0 }
            rehearsal.send(signal: SIGINT)
            #expect(await rehearsal.waitForExit(within: .seconds(30)) == .code(2))
            try await eventually("the report is shown") {
                !shop.fleet.lines(containing: #""verdict": "INCOMPLETE""#).isEmpty
            }
            let nowhere = try await shop.fleet.run("flashsale", small + ["--url", "http://127.0.0.1:1"])
            #expect(nowhere.exit == .code(2))
            #expect(nowhere.standardError.contains("--url"))
        }
    }
}
