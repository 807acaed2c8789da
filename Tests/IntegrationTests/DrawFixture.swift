import FlashSale
import FlashSaleStorage
import Foundation
import MariaDB
import Redis
import Resilience
import TestSupport
import Testing

extension Sale {
    var draws: StoredDrawDesk { StoredDrawDesk(database: database) }

    /// Puts a product on sale that is drawn in an hour, or when ``endEntering(_:)`` says so.
    func drawnProduct(
        stock: Int = 5,
        opensAt: Timestamp? = nil,
        limits: Product.Limits = Product.Limits(maxPerUser: 5),
        beacon: DrawBeacon? = nil
    ) async throws -> Product {
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        // In whole seconds, as people write it.
        let drawAt = Timestamp(milliseconds: (now / 1_000 + 3_600) * 1_000)
        return try await product(
            stock: stock,
            opensAt: opensAt,
            limits: limits,
            access: .draw(DrawTerms(drawAt: drawAt, beacon: beacon))
        )
    }

    /// Lets the draw's time have come, in the books and for the line.
    func endEntering(_ product: ProductID) async throws {
        try await execute(
            "UPDATE products SET draw_at = '2020-01-01 00:00:00' WHERE id = ?",
            [.integer(product.rawValue)]
        )
        _ = try await redis.send(RedisCommand("HSET", key: "flash_sale:{\(product)}", ["draw_at", "1"]))
    }

    /// Waits until every drawn entrant has a place, and the draw is on record.
    func waitForDraw(of product: ProductID) async throws {
        try await eventually("the draw of product \(product) is over") {
            try await draws.draw(of: product)?.isPlaced == true
        }
    }

    /// Waits until nobody waits.
    func waitUntilServed(_ product: ProductID) async throws {
        try await eventually("everybody is decided") {
            let report = try await admin.queue(of: product)
            return report.waiting == 0 && report.processing == 0
        }
    }

    /// What a verification of everything that is published finds.
    func findings(_ product: ProductID) async throws -> [DrawFinding.Kind] {
        let draw = try #require(try await draws.draw(of: product))
        let roster = try await rosterText(of: draw)
        let decisions = try await decisionsText(of: draw)
        let members = Dictionary(uniqueKeysWithValues: draw.document.members.map { ($0.name, $0.value) })
        let document = try DrawDocument(members: members)
        #expect(document == draw.document)
        var verification = DrawVerification(document)
        roster.withUnsafeBytes { verification.readRoster($0) }
        verification.endRoster()
        decisions.withUnsafeBytes { verification.readDecisions($0) }
        return verification.end().findings.map(\.kind)
    }

    private func rosterText(of draw: DrawRecord) async throws -> [UInt8] {
        var text: [UInt8] = []
        guard let roster = draw.roster else { return text }
        for page in try await draws.rosterPages(of: draw.product, from: 0, limit: 1_000) {
            for entry in try RosterPage.entries(of: page.text) {
                entry.hashed(with: draw.document.salt).write(to: &text)
            }
        }
        return text + (RosterEntry.endLine(count: roster.entrants, root: roster.root) + "\n").utf8
    }

    private func decisionsText(of draw: DrawRecord) async throws -> [UInt8] {
        var text: [UInt8] = []
        let decisions = try await draws.decisions(on: draw, after: 0, limit: 1_000_000)
        for decision in decisions { decision.write(to: &text) }
        return text + (DrawnDecision.endLine(count: decisions.count) + "\n").utf8
    }
}
