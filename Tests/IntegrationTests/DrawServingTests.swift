import FlashSale
import FlashSaleStorage
import MariaDB
import Redis
import Resilience
import TestSupport
import Testing

/// The worker's draw, on real stores.
@Suite("The draw: roster, order, places")
struct DrawServingTests {
    @Test("Everybody who has entered is served in drawn order, before everybody who came later; anyone can check it")
    func wholeDraw() async throws {
        try await Sale.with { sale in
            let product = try await sale.drawnProduct(stock: 1_000).id
            for number in 1...60 { try await sale.join(product, "user\(number)") }
            for number in [3, 17, 60] { _ = try await sale.line().leave(product, user: try UserID("user\(number)")) }
            try await sale.join(product, "user17")
            try await sale.endEntering(product)
            let late = try await sale.join(product, "late")
            #expect(late.ticket.rawValue == 62)
            try await withWorkers(2, on: sale) {
                try await sale.waitForDraw(of: product)
                try await sale.waitUntilServed(product)
            }
            let draw = try #require(try await sale.draws.draw(of: product))
            #expect(draw.roster?.entrants == 58 && draw.roster?.firstTicket.rawValue == 4)
            #expect(draw.roster?.lastTicket == 61)
            #expect(try await sale.count("SELECT COUNT(*) FROM orders WHERE status = 'completed'") == 59)
            let first = "SELECT CAST(MIN(ticket) AS SIGNED) FROM orders"
            #expect(try await sale.count(first) == 4)
            #expect(try await sale.standing(product, "late")?.status == .completed)
            #expect(try await sale.standing(product, "user17")?.status == .completed)
            #expect(try await sale.standing(product, "user3")?.status == .left)
            #expect(try await sale.findings(product).isEmpty)
            try await sale.expectBooksBalance(product)
            try await sale.expectClean()
        }
    }

    @Test("A proof leads from the user's entry to the published root, and names the rank")
    func proofs() async throws {
        try await Sale.with { sale in
            // More than one page of the roster.
            let limits = Product.Limits(maxPerUser: 5, maxQueue: 100_000)
            let product = try await sale.drawnProduct(stock: 1, limits: limits).id
            let count = RosterPage.size + 100
            let line = sale.line()
            for number in 1...count {
                let request = JoinRequest(product: product, user: try UserID("user\(number)"), quantity: 1 + number % 3)
                _ = try await line.join(request)
            }
            try await sale.endEntering(product)
            try await withWorkers(1, on: sale) {
                try await sale.waitForDraw(of: product)
                try await sale.waitUntilServed(product)
            }
            let draw = try #require(try await sale.draws.draw(of: product))
            let roster = try #require(draw.roster)
            #expect(roster.entrants == count)
            let desk = sale.draws
            let order = try #require(draw.document.key).order(count: count)
            var ranks: Set<Int> = []
            for number in [1, 2, 4_095, 4_096, 4_097, count] {
                let user = try UserID("user\(number)")
                let proof = try #require(try await desk.proof(of: user, in: draw))
                #expect(proof.entry.number == Int64(number) && proof.entry.quantity == 1 + number % 3)
                #expect(proof.entry.user == draw.document.salt.hash(user))
                #expect(proof.merkle.index == number - 1 && proof.merkle.proves(proof.entry.leaf, in: roster.root))
                let rank = try #require(proof.rank)
                #expect(order[rank] == UInt32(number - 1))
                ranks.insert(rank)
            }
            #expect(ranks.count == 6)
            #expect(try await desk.proof(of: try UserID("nobody"), in: draw) == nil)
            #expect(try await sale.findings(product).isEmpty)
            // The line is sold out: thousands of entries may still be dropped when the worker goes.
            try await sale.expectClean(judgesAll: false)
        }
    }

    @Test("Nobody has entered: nothing is drawn, and whoever comes later is served")
    func nobody() async throws {
        try await Sale.with { sale in
            let product = try await sale.drawnProduct().id
            try await sale.join(product, "ann")
            _ = try await sale.line().leave(product, user: try UserID("ann"))
            try await sale.endEntering(product)
            try await sale.join(product, "late")
            try await withWorkers(1, on: sale) {
                try await sale.waitForDraw(of: product)
                try await eventually("the late one is served") {
                    try await sale.standing(product, "late")?.status == .completed
                }
            }
            #expect(try await sale.draws.draw(of: product)?.roster?.entrants == 0)
            #expect(try await sale.findings(product).isEmpty)
            try await sale.expectClean()
        }
    }

    @Test(
        "With few units: the first of the drawn get them, all others are told that it is sold out; a restock opens it again"
    )
    func soldOut() async throws {
        try await Sale.with { sale in
            let product = try await sale.drawnProduct(stock: 5).id
            for number in 1...120 { try await sale.join(product, "user\(number)") }
            try await sale.endEntering(product)
            try await sale.join(product, "late")
            try await withWorkers(1, on: sale) {
                try await sale.waitForDraw(of: product)
                try await eventually("everybody is told") {
                    try await sale.standing(product, "late")?.status == .soldOut
                }
                for number in 1...120 {
                    let status = try await sale.standing(product, "user\(number)")?.status
                    #expect(status == .completed || status == .soldOut)
                }
                _ = try await sale.admin.restock(product, units: 1)
                try await eventually("somebody joins") {
                    guard case .joined = try await sale.answer(product, "restocked") else { return false }
                    return true
                }
                try await eventually("and is served") {
                    try await sale.standing(product, "restocked")?.status == .completed
                }
            }
            #expect(try await sale.count("SELECT COUNT(*) FROM orders") == 6)
            #expect(try await sale.findings(product).isEmpty)
            try await sale.expectClean()
        }
    }

    @Test("A draw with a beacon waits for its value; who leaves meanwhile is passed over, and stays in the roster")
    func beacon() async throws {
        try await Sale.with { sale in
            let product = try await beaconProduct(sale)
            for user in ["ann", "bob", "cid", "dan"] { try await sale.join(product, user) }
            try await sale.endEntering(product)
            try await withWorkers(1, on: sale) {
                try await eventually("the roster is fixed") {
                    try await sale.draws.draw(of: product)?.roster != nil
                }
                let fixed = try #require(try await sale.draws.draw(of: product))
                #expect(!fixed.isDrawn && fixed.document.state == .fixed && fixed.document.result == nil)
                _ = try await sale.line().leave(product, user: try UserID("bob"))
                _ = try await sale.line().leave(product, user: try UserID("cid"))
                let late = try await sale.join(product, "cid")
                #expect(late.status == .queued && late.ticket.rawValue == 5)
                #expect(try await sale.standing(product, "ann")?.status == .entered)
                try await sale.expectClean(judgesAll: false)

                let value = DrawBeacon.Value(signature: Array(repeating: 7, count: 48))
                _ = try await sale.admin.setBeacon(of: product, value)
                try await sale.waitForDraw(of: product)
                try await sale.waitUntilServed(product)
            }
            #expect(try await sale.standing(product, "bob")?.status == .left)
            #expect(try await sale.standing(product, "cid")?.status == .completed)
            #expect(try await sale.count("SELECT COUNT(*) FROM decisions WHERE outcome = 'left'") == 2)
            #expect(try await sale.count("SELECT COUNT(*) FROM orders") == 3)
            let drawn = try #require(try await sale.draws.draw(of: product)?.document.result)
            #expect(drawn.beaconValue?.isConsistent == true)
            #expect(try await sale.findings(product).isEmpty)
            try await sale.expectClean()
        }
    }

    @Test("A line that is lost before the draw takes its entries with it; the draw goes on with whoever enters again")
    func lostWhileEntering() async throws {
        try await Sale.with { sale in
            let product = try await sale.drawnProduct().id
            try await sale.join(product, "ann")
            _ = try await sale.redis.send(RedisCommand("FLUSHDB"))
            try await withWorkers(1, on: sale) {
                try await eventually("bob enters") {
                    guard case .joined(let bob) = try await sale.answer(product, "bob") else { return false }
                    return bob.status == .entered && bob.ticket.rawValue > 1
                }
                #expect(try await sale.standing(product, "ann") == nil)
                try await sale.endEntering(product)
                try await sale.waitForDraw(of: product)
                try await sale.waitUntilServed(product)
            }
            #expect(try await sale.standing(product, "bob")?.status == .completed)
            #expect(try await sale.findings(product).isEmpty)
            try await sale.expectClean()
        }
    }

    @Test("A line that is lost after its roster was fixed: the draw is made for all to see, and the places are lost")
    func lostAfterFix() async throws {
        try await Sale.with { sale in
            let product = try await beaconProduct(sale)
            try await sale.join(product, "ann")
            try await sale.join(product, "bob")
            try await sale.endEntering(product)
            try await withWorkers(1, on: sale) {
                try await eventually("the roster is fixed") {
                    try await sale.draws.draw(of: product)?.roster != nil
                }
                _ = try await sale.redis.send(RedisCommand("FLUSHDB"))
                let value = DrawBeacon.Value(signature: Array(repeating: 7, count: 48))
                _ = try await sale.admin.setBeacon(of: product, value)
                try await sale.endEnteringOnceOpen(product)
                try await sale.waitForDraw(of: product)
                try await eventually("ann joins") {
                    guard case .joined(let ann) = try await sale.answer(product, "ann") else { return false }
                    return ann.status == .queued
                }
                try await sale.waitUntilServed(product)
            }
            #expect(try await sale.standing(product, "ann")?.status == .completed)
            #expect(try await sale.findings(product).isEmpty)
            try await sale.expectClean()
        }
    }

    /// A product whose beacon has been out for long: only a test can name one.
    private func beaconProduct(_ sale: Sale) async throws -> ProductID {
        let product = try await sale.drawnProduct().id
        try await sale.execute(
            "UPDATE products SET beacon_chain = ?, beacon_round = 1000, version = version + 1 WHERE id = ?",
            [.string(DrawBeacon.Chain.quicknet.rawValue), .integer(product.rawValue)]
        )
        let draw = try #require(try await sale.draws.draw(of: product))
        let commitment = draw.seed.commitment(for: product, beacon: draw.terms.beacon)
        try await sale.execute(
            "UPDATE draws SET commitment = ? WHERE product_id = ?",
            [.bytes(commitment.bytes), .integer(product.rawValue)]
        )
        return product
    }
}

extension Sale {
    /// The same as ``endEntering(_:)``, once a worker has opened the line again.
    func endEnteringOnceOpen(_ product: ProductID) async throws {
        try await eventually("the line is open again") {
            try await redis.send(RedisCommand("HEXISTS", key: "flash_sale:{\(product)}", ["nonce"])).integer() == 1
        }
        try await endEntering(product)
    }
}
