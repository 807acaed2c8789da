import ArgumentParser
import FlashSale
import Foundation
import Testing

@testable import FlashSaleAdmin
@testable import FlashSaleStorage

@Suite("Audit: what is typed and printed")
struct AuditTests {
    @Test("A clean audit shows what was checked, and ends well")
    func clean() throws {
        let result = AuditResult(repairs: nil, report: report())
        #expect(result.text.contains("2 products audited in 1250 ms: every invariant holds."), "\(result.text)")
        #expect(!result.text.contains("Not judged") && !result.text.contains("epaired"))
        for invariant in Invariant.allCases { #expect(result.text.contains(invariant.title)) }
        let document = try Sample.object(result.json)
        #expect(document["clean"] as? Bool == true && document["violations"] as? Int == 0)
        #expect((document["invariants"] as? [[String: Any]])?.compactMap { $0["number"] as? Int } == Array(1...11))
        #expect(document["repairs"] == nil)
    }

    @Test("Violations are shown with their rows and what is left out, and can't steer the terminal")
    func violated() throws {
        let result = AuditResult(
            repairs: [],
            report: report {
                $0[1].violations = 3
                $0[1].rows = [
                    AuditRow(
                        "tickets were handed out and are nowhere",
                        [.init("from_ticket", "7"), .init("user", "\u{1B}[2J")]
                    )
                ]
            }
        )
        #expect(result.text.contains("  tickets were handed out and are nowhere: from_ticket 7, user \u{FFFD}[2J"))
        #expect(result.text.contains("… and 2 more") && result.text.contains("Nothing had to be repaired."))
        #expect(!result.text.contains("every invariant holds"))
        #expect(result.verdict == "3 violations of invariant 2")
        let invariants = try #require(try Sample.object(result.json)["invariants"] as? [[String: Any]])
        let row = try #require((invariants[1]["rows"] as? [[String: Any]])?.first)
        #expect((row["row"] as? [String: String])?["from_ticket"] == "7")
        #expect(row["problem"] as? String == "tickets were handed out and are nowhere")
    }

    @Test("What was repaired and what could not be judged is said")
    func repairedAndOpen() throws {
        let product = try #require(ProductID(7))
        let open = NotJudged(product: product, reason: "3 entries are in line")
        let result = AuditResult(
            repairs: [AuditRepair(action: "carts without an end given one", count: 2)],
            report: report {
                $0[5].notJudged = [open]
                $0[8].notJudged = [open]
            }
        )
        #expect(result.text.hasPrefix("Repaired: carts without an end given one: 2\n"))
        #expect(result.text.contains("Not judged for product 7: 6, 9, because 3 entries are in line."))
        #expect(result.text.hasSuffix("every invariant holds as far as it was judged."))
        let document = try Sample.object(result.json)
        #expect((document["repairs"] as? [[String: Any]])?.first?["count"] as? Int == 2)
    }

    @Test("Only violations end with 1: whatever keeps the audit from looking ends with 2")
    func exitCodes() async throws {
        let failures: [any Error] = [
            StoreUnavailable(reason: "no"), SchemaMismatch.missing([7]), UnknownProduct(id: try #require(ProductID(9))),
            InvalidValue(field: "id", problem: "is x", remedy: "Give a number"),
        ]
        for failure in failures {
            let ending = FlashSaleCommand.Ending(AuditCommand.failure(failure))
            #expect(ending.exitCode == 2, "\(failure)")
            #expect(ending.text.hasPrefix("Error: The audit could not check. "), "\(ending.text)")
        }
        #expect(await FlashSaleCommand.execute(["audit", "x", "--data", "/nowhere"]) == 2)
        #expect(await FlashSaleCommand.execute(["audit", "--data", "/nowhere"]) == 2)
        #expect(await FlashSaleCommand.execute(["audit", "--mend"]) == 2)
        let line = try parse(AuditCommand.self, "audit", "7", "--repair", "--json")
        #expect(line.product == "7" && line.repair && line.output.isJSON)
    }

    private func report(_ change: (inout [InvariantReport]) -> Void = { _ in }) -> AuditReport {
        var invariants = Invariant.allCases.map { InvariantReport($0) }
        change(&invariants)
        return AuditReport(invariants: invariants, products: 2, duration: .milliseconds(1_250))
    }
}
