import FlashSale
import FlashSaleStorage
import Foundation
import Testing

@testable import FlashSaleAdmin

@Suite("Rehearsal: the report")
struct RehearsalReportTests {
    private func report(
        _ sale: FairSale = FairSale(),
        name: String = "Rehearsal",
        interruption: RehearsalRun.Interruption? = nil
    ) throws -> RehearsalReport {
        var form = RehearsalForm(users: "4", stock: "2", seed: "1")
        form.productName = name
        form.disturb = "pause"
        let audit = AuditReport(invariants: Invariant.allCases.map(InvariantReport.init), products: 1, duration: .zero)
        return RehearsalReport(
            try form.plan(anySeed: 0),
            RehearsalRun.Outcome(
                product: try Sample.product(),
                startedAt: Sample.now,
                elapsed: .milliseconds(7_250),
                history: sale.history,
                availableAtEnd: 0,
                unitsOfOthers: 0,
                audit: interruption == .signal ? nil : audit,
                disturbed: [1_000_000...3_000_000],
                disturbanceProblem: nil,
                interruption: interruption
            )
        )
    }

    @Test("Quantiles are samples, by the nearest rank")
    func percentiles() {
        let tens = Percentiles((1...10).map { Int64($0) }.shuffled())
        #expect(tens.at(0.5) == 5 && tens.at(0.9) == 9 && tens.at(0.99) == 10 && tens.at(1) == 10)
        #expect(tens.at(0.01) == 1 && tens.most == 10 && tens.count == 10)
        let thousand = Percentiles((1...1_000).map { Int64($0) })
        #expect(thousand.at(0.999) == 999 && thousand.at(0.29) == 290)
        #expect(Percentiles([]).at(0.5) == nil && Percentiles([]).most == nil)
        #expect(Percentiles([3]).at(0.5) == 3)
    }

    @Test("A violation makes it FAIL, a signal INCOMPLETE, the deadline FAIL")
    func verdicts() throws {
        #expect(try report().verdict == .pass)
        #expect(try report(interruption: .signal).verdict == .incomplete)
        #expect(try report(interruption: .deadline).verdict == .fail)
        var sale = FairSale()
        sale.say(2, .standing, 200, "sold_out", ticket: 9, served: 2)
        #expect(try report(sale).verdict == .fail)
        #expect(try report(sale).failedChecks == #""Everybody's place is their own""#)
        #expect(RehearsalReport.verdict([], nil, dropped: 1) == .incomplete)
    }

    @Test("A program that was late itself does not judge by it, and the joins of a burst are all due at once")
    func late() throws {
        func check(_ sale: FairSale) throws -> RehearsalCheck? {
            try report(sale).checks.first { $0.name == "This program sent its requests when they were due" }
        }
        var sale = FairSale()
        for index in sale.answers.indices where sale.answers[index].route == .join {
            sale.answers[index].late = 9_000_000
        }
        #expect(try check(sale)?.verdict == .pass)
        for index in sale.answers.indices { sale.answers[index].late = 600_000 }
        #expect(try check(sale)?.verdict == .notJudged)
        #expect(try check(sale)?.detail.contains("99 % at most 0.60 s late") == true)
        #expect(try report(sale).verdict == .pass)
    }

    @Test("A guest of the crowd is known by name")
    func guests() throws {
        let names = [("guest-1", true), ("guest-4", true), ("guest-5", false), ("guest-0", false), ("guest-01", false)]
        for (name, isGuest) in names + [("ada", false), ("guest-", false), ("guest-1x", false)] {
            #expect(RehearsalClient.isGuest(try UserID(name), of: 4) == isGuest, "\(name)")
        }
    }

    @Test("The text names every check, outcome and request, and ends with the verdict")
    func text() throws {
        let text = try report().text(inColor: false)
        for part in [
            "4 people at once for 2 units", "seed 1", "Nobody overtook anybody", "completed", "POST …/queue",
            "sold_out", "from 1000 to 3000 ms", "\(Invariant.allCases.count) invariants",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        #expect(text.hasSuffix("PASS after 7.25 s, 7 requests"))
    }

    @Test("The document has the same, for a script")
    func json() throws {
        let data = Data(try report().json.rendered.utf8)
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(document["verdict"] as? String == "PASS" && document["elapsed_ms"] as? Int == 7_250)
        #expect(document["outcomes"] as? [String: Int] == ["completed": 2, "sold_out": 2])
        #expect((document["audit"] as? [String: Any])?["clean"] as? Bool == true)
        #expect((document["checks"] as? [Any])?.count == 14)
    }

    @Test("Over time, everybody joins once and is decided once, and nobody waits at the end")
    func series() throws {
        let series = try report().series
        let width = try #require(series.moments.first?.at)
        #expect(series.moments.count <= RehearsalSeries.most && series.moments.last?.waiting == 0)
        #expect((series.moments.map(\.joinsPerSecond).reduce(0, +) * width).rounded() == 3)
        #expect((series.moments.map(\.decisionsPerSecond).reduce(0, +) * width).rounded() == 3)
        #expect(series.stretches.map(\.position) == [1, 2, 3])
    }

    @Test("The page stands alone: its charts and style are in it, and whatever came from outside is escaped")
    func page() throws {
        var sale = FairSale()
        sale.say(3, .join, 0, "<script>alert(1)</script>")
        let html = RehearsalPage(report: try report(sale)).html
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.contains("lang=\"en\""))
        #expect(html.components(separatedBy: "<svg").count == 5)
        #expect(!html.contains("<script>") && html.contains("&lt;script&gt;"))
        #expect(!html.contains("src=") && !html.contains("<link") && !html.contains("url("))
        #expect(html.contains("prefers-color-scheme:dark") && html.contains("@media print"))
    }

    @Test("The bar is as full as people are done")
    func progress() {
        var progress = RehearsalProgress(
            phase: .selling,
            elapsed: .seconds(3),
            users: 100,
            counts: Stage.Counts(arrived: 60, joined: 50, finished: 50, servedTicket: 10, lastTicket: 50),
            disturbance: "pause"
        )
        #expect(
            progress.line(width: 4)
                == "██░░  3s · selling · 60 came · 50 joined · 50 of 100 done · line 40 · disturbed: pause"
        )
        progress = RehearsalProgress(phase: .auditing, elapsed: .zero, users: 0, counts: .init(), disturbance: nil)
        #expect(progress.line(width: 2).hasPrefix("░░"))
    }
}
