import FlashSale
import FlashSaleStorage
import MariaDB
import TestSupport
import Testing

/// What an audit, and anyone who verifies, finds wrong with a draw that was tampered with.
@Suite("The draw: audit")
struct DrawAuditTests {
    @Test("A changed seed, a changed roster, an entry too many, swapped decisions: each is found")
    func tampering() async throws {
        try await Sale.with { sale in
            let product = try await sale.drawnProduct(stock: 100).id
            for number in 1...30 { try await sale.join(product, "user\(number)") }
            try await sale.endEntering(product)
            try await withWorkers(1, on: sale) {
                try await sale.waitForDraw(of: product)
                try await sale.waitUntilServed(product)
            }
            try await sale.expectClean()

            try await sale.execute("UPDATE draws SET commitment = REPEAT('x', 32)")
            try await sale.expectViolation(.draw, "the seed is not what was committed to")
            let draw = try #require(try await sale.draws.draw(of: product))
            let commitment = draw.seed.commitment(for: product, beacon: nil)
            try await sale.execute("UPDATE draws SET commitment = ?", [.bytes(commitment.bytes)])
            try await sale.expectClean()

            try await sale.execute("UPDATE draw_roster SET entries = REPLACE(entries, '7 1 user7', '7 2 user7')")
            try await sale.expectViolation(.draw, "the roster's root is not the published one")
            #expect(try await sale.findings(product).contains(.roster))
            try await sale.execute("UPDATE draw_roster SET entries = REPLACE(entries, '7 2 user7', '7 1 user7')")
            try await sale.execute("UPDATE draw_roster SET entries = CONCAT(entries, '31 1 friend\n')")
            try await sale.expectViolation(.draw, "the roster has not as many entries as were published")
            #expect(try await sale.findings(product).contains(.slippedIn))
            try await sale.execute("UPDATE draw_roster SET entries = REPLACE(entries, '31 1 friend\n', '')")
            try await sale.expectClean()

            for table in ["decisions", "orders"] {
                try await sale.execute(
                    """
                    UPDATE \(table) d JOIN (SELECT 2 AS ticket, 'a' AS user UNION SELECT 5, 'b') s ON s.ticket = d.ticket
                    SET d.user_id = s.user
                    """
                )
            }
            let report = try await sale.audit.run()
            let row = report.invariants.first { $0.invariant == .draw }
            #expect(row?.violations == 2, "\(report.invariants)")
            #expect(try await sale.findings(product).contains(.order))
        }
    }
}
