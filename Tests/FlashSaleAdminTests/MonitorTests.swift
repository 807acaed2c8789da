import ArgumentParser
import FlashSale
import Foundation
import Testing

@testable import FlashSaleAdmin
@testable import FlashSaleStorage

@Suite("The monitor", .timeLimit(.minutes(2)))
struct MonitorTests {
    private func frame(_ paces: [LinePace], waiting: Int = 100) throws -> MonitorFrame {
        let address = try APIAddress("http://127.0.0.1:8080")
        var frame = MonitorFrame(time: Sample.now, api: .outOfReach("connection refused"), apiAddress: address)
        frame.lines = try paces.map { pace in
            MonitorFrame.Line(
                report: QueueReport(
                    product: try Sample.product(),
                    waiting: waiting,
                    processing: 50,
                    lastTicket: 200,
                    servedTicket: 50,
                    outcomes: [("completed", 40), ("sold_out", 10)],
                    worker: "anna",
                    deadLetters: 2
                ),
                lease: LeaseHolder(worker: "anna", timeLeft: .milliseconds(2_340)),
                pace: pace
            )
        }
        return frame
    }

    /// A pace with these counts of decided tickets, two seconds from one to the next.
    private func pace(_ decided: Int...) -> LinePace {
        let start = ContinuousClock.now
        var pace = LinePace(decided: decided[0], at: start)
        for (index, count) in decided.enumerated().dropFirst() {
            pace.note(decided: count, at: start + .seconds(2 * index))
        }
        return pace
    }

    @Test("A rate is what was decided since the frame before; only the last frames count, and none is below zero")
    func rates() {
        #expect(pace(50).rate == nil && pace(50).secondsToClear(10) == nil)
        #expect(pace(50, 70, 110).rates == [10, 20])
        #expect(pace(50, 40).rates == [0])
        #expect(pace(0, 2, 4, 6, 8, 10, 14).rates == [1, 1, 1, 1, 2])
    }

    @Test("The wait is a range from the fastest to the slowest of the last frames, and honest where nothing is known")
    func waits() throws {
        let between = try #require(pace(0, 20, 60).secondsToClear(100))
        #expect(between.least == 5 && between.most == 10)
        let stood = try #require(pace(0, 20, 20).secondsToClear(100))
        #expect(stood.least == 10 && stood.most == nil)
        #expect(pace(0, 0).secondsToClear(100) == nil)
        #expect(try #require(pace(0, 0).secondsToClear(0)).most == 0)
        for (pace, text) in [
            (pace(0, 20, 60), "20.0     5–10 s"), (pace(0, 20, 20), "0.0  over 10 s"), (pace(0), "-          -"),
            (pace(0, 20), "10.0       10 s"),
        ] {
            let shown = try frame([pace]).text(inColor: false)
            #expect(shown.contains(text), "\(shown)")
        }
    }

    @Test("A frame shows the line, its worker, what came out of it, and the API; the document has it all")
    func frame() throws {
        let frame = try frame([pace(0, 20)])
        let text = frame.text(inColor: false)
        #expect(text.contains("7  open      37/100      100          50"), "\(text)")
        #expect(text.contains("2  2.3 s  anna\n") && text.contains("40 completed, 10 sold out"), "\(text)")
        #expect(text.hasSuffix("API http://127.0.0.1:8080: out of reach: connection refused"), "\(text)")
        #expect(!text.contains("\u{1B}") && frame.text(inColor: true).contains("\u{1B}[31m"))
        let document = try Sample.object(frame.json)
        let line = try #require((document["lines"] as? [[String: Any]])?.first)
        #expect(line["waiting"] as? Int == 100 && line["decided_per_second"] as? Int == 10)
        #expect(line["clears_in_seconds_least"] as? Int == 10 && line["lease_milliseconds_left"] as? Int == 2_340)
        #expect((document["api"] as? [String: Any])?["status"] as? String == "out_of_reach")
        #expect(document["problem"] is NSNull)
    }

    @Test("A store that is away is said in the frame")
    func problem() throws {
        var frame = try frame([])
        #expect(frame.text(inColor: false).contains("There are no products."))
        frame.problem = .outOfReach("MariaDB is out of reach: refused")
        frame.hidden = 3
        let text = frame.text(inColor: false)
        #expect(text.contains("\n\nMariaDB is out of reach: refused\n\n3 products more: name those to watch.\n\n"))
        #expect(!text.contains("There are no products."))
        #expect(try Sample.object(frame.json)["problem"] as? String == "MariaDB is out of reach: refused")
    }

    @Test("What the API says of itself is shown with its breakers, also when it is not ready")
    func readiness() async throws {
        let document = """
            {"status":"not_ready","checks":[{"name":"redis","ok":true},\
            {"name":"mariadb_breaker","ok":false,"detail":"open"},{"name":"x","ok":false}]}
            """
        try await TinyHTTPServer.with { request in
            request.path == "/ready" ? (503, document) : (404, "{}")
        } _: { server in
            let sighting = await APISighting.look(at: try APIAddress(server.url))
            #expect(sighting.words(inColor: false) == "not ready; redis ok, mariadb_breaker open, x failed")
            #expect(sighting.words(inColor: true).contains("\u{1B}[31mmariadb_breaker open\u{1B}[0m"))
            let checks = try Sample.object(sighting.json)["checks"] as? [[String: Any]]
            #expect(checks?.map { $0["ok"] as? Bool } == [true, false, false])
            let elsewhere = await APISighting.look(at: try APIAddress(server.url + "/other"))
            #expect(elsewhere.words(inColor: false).contains("answers 404"))
        }
    }

    @Test("On a terminal a page takes the place of the one before; elsewhere it follows it")
    func screen() {
        #expect(Screen(isRedrawn: false).page("a\nb") == "a\nb\n")
        #expect(Screen(isRedrawn: true).page("a\nb") == "\u{1B}[Ha\u{1B}[K\nb\u{1B}[K\u{1B}[J")
    }

    @Test("The plan is what was typed: products once each, an interval with its unit, a number of frames")
    func plan() throws {
        let plain = try parse(QueueMonitorCommand.self, "queue", "monitor").plan()
        #expect(plain.products.isEmpty && plain.interval == .seconds(1) && plain.frames == nil)
        let typed = try parse(
            QueueMonitorCommand.self,
            "queue",
            "monitor",
            "7",
            "8",
            "7",
            "--interval",
            "250ms",
            "--frames",
            "3"
        ).plan()
        #expect(typed.products.map(\.rawValue) == [7, 8] && typed.interval == .milliseconds(250) && typed.frames == 3)
    }
}
