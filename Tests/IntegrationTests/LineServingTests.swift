import FlashSale
import FlashSaleStorage
import Foundation
import MariaDB
import Redis
import Resilience
import TestSupport
import Testing

/// Claim, settlement and acknowledgement on real stores, with what can go wrong between them.
@Suite("The line: serving")
struct LineServingTests {
    @Test("Stock goes to the first in line; the rest is sold out at once by a watermark, then dropped in steps")
    func soldOut() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 3)
            for number in 1...20 { try await sale.join(product.id, "user\(number)") }
            let lease = try await sale.lease(product.id)
            let settled = try await sale.settle(try await sale.claim(lease, limit: 5), lease)
            #expect(settled.decisions.map(\.status) == [.completed, .completed, .completed, .soldOut, .soldOut])
            #expect(settled.soldOutAfter == 5)
            // Everybody knows before a single further entry was touched.
            for number in 4...20 { #expect(try await sale.standing(product.id, "user\(number)")?.status == .soldOut) }
            #expect(try await sale.answer(product.id, "late") == .refused(.soldOut))
            let first = try await sale.served.claim(product.id, fence: lease.fence, limit: 5, dropLimit: 10)
            #expect(first == .soldOut(remaining: 5, lastTicket: 20))
            let second = try await sale.served.claim(product.id, fence: lease.fence, limit: 5, dropLimit: 10)
            #expect(second == .soldOut(remaining: 0, lastTicket: 20))
            for number in 4...20 { #expect(try await sale.standing(product.id, "user\(number)")?.status == .soldOut) }
            let ranges = try await sale.count(
                "SELECT COUNT(*) FROM ticket_ranges WHERE from_ticket = 6 AND to_ticket IS NULL"
            )
            #expect(ranges == 1)
            #expect(try await sale.count("SELECT COUNT(*) FROM orders") == 3)
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("A restocked product opens again: old places stay sold out, new ones start above them")
    func reopening() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1)
            for user in ["a", "b", "c"] { try await sale.join(product.id, user) }
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease, limit: 1), lease)
            _ = try await sale.served.claim(product.id, fence: lease.fence, limit: 5, dropLimit: 10)
            let restocked = try await sale.admin.restock(product.id, units: 2).product
            #expect(restocked.availableStock == 2)
            let open = try await sale.books.reopen(product.id, lastTicket: 3, fence: lease.fence)
            #expect(open.soldOutAfter == nil)
            try await sale.served.reopen(open, fence: lease.fence)
            #expect(try await sale.standing(product.id, "b")?.status == .soldOut)
            let again = try await sale.join(product.id, "b")
            #expect(again.ticket.rawValue == 4)
            #expect(again.position == 1)
            #expect(try await sale.settle(try await sale.claim(lease), lease).decisions.map(\.status) == [.completed])
            #expect(
                try await sale.count("SELECT COUNT(*) FROM ticket_ranges WHERE from_ticket = 2 AND to_ticket = 3") == 1
            )
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("A worker that dies after the claim loses nobody: the batch is handed out again, in order")
    func diesAfterClaim() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2)
            for user in ["a", "b", "c"] { try await sale.join(product.id, user) }
            let first = try await sale.lease(product.id)
            let lost = try await sale.claim(first)
            // The verdict was made at the claim: a cart that runs out while we are slow counts as alive.
            _ = try await sale.redis.send(RedisCommand("DEL", key: "cart_item:a:{\(product.id)}"))
            let recovered = try await sale.claim(first)
            #expect(recovered.isRecovered)
            #expect(recovered.entries == lost.entries)
            #expect(recovered.number == lost.number)
            let settled = try await sale.settle(recovered, first)
            #expect(settled.decisions.map(\.status) == [.completed, .completed, .soldOut])
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("A worker that dies between commit and acknowledgement: the next one acknowledges and sells nothing again")
    func diesAfterCommit() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2)
            for user in ["a", "b", "c"] { try await sale.join(product.id, user) }
            let lease = try await sale.lease(product.id)
            let claim = try await sale.claim(lease)
            let committed = try await sale.books.settle(claim, of: product.id, fence: lease.fence)
            #expect(try await sale.standing(product.id, "a")?.status == .queued)
            let again = try await sale.settle(try await sale.claim(lease), lease)
            #expect(again.decisions == committed.decisions)
            #expect(again.availableStock == 0)
            #expect(again.soldOutAfter == 3)
            #expect(try await sale.standing(product.id, "a")?.status == .completed)
            #expect(try await sale.standing(product.id, "c")?.status == .soldOut)
            #expect(try await sale.count("SELECT COUNT(*) FROM decisions") == 3)
            #expect(try await sale.count("SELECT COUNT(*) FROM stock_ledger WHERE reason = 'ordered'") == 1)
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("A commit that is settled twice without anybody noticing decides once")
    func settledTwice() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2)
            for user in ["a", "b"] { try await sale.join(product.id, user) }
            let lease = try await sale.lease(product.id)
            let claim = try await sale.claim(lease)
            let first = try await sale.books.settle(claim, of: product.id, fence: lease.fence)
            let second = try await sale.books.settle(claim, of: product.id, fence: lease.fence)
            #expect(first.decisions == second.decisions)
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("A second acknowledgement changes nothing, even when the next batch is already claimed")
    func lateAcknowledgement() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            for user in ["a", "b", "c", "d"] { try await sale.join(product.id, user) }
            let lease = try await sale.lease(product.id)
            let first = try await sale.claim(lease, limit: 2)
            let settled = try await sale.settle(first, lease)
            let second = try await sale.claim(lease, limit: 2)
            try await sale.acknowledge(first, settled, lease)
            let still = try await sale.claim(lease, limit: 2)
            #expect(still.entries == second.entries)
            #expect(try await sale.settle(still, lease).decisions.map(\.status) == [.completed, .completed])
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("A worker whose lease was taken over is refused at the claim, in the books and at the acknowledgement")
    func fenced() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            try await sale.join(product.id, "ann")
            let old = try await sale.lease(product.id, worker: "old")
            let claim = try await sale.claim(old)
            try await sale.execute("UPDATE leases SET until = NOW(6) - INTERVAL 1 SECOND")
            try await sale.execute("DELETE FROM workers")
            let new = try await sale.lease(product.id, worker: "new")
            #expect(new.fence > old.fence)
            await #expect(throws: Fenced.self) {
                try await sale.books.settle(claim, of: product.id, fence: old.fence)
            }
            let recovered = try await sale.claim(new)
            await #expect(throws: Fenced.self) { _ = try await sale.claim(old) }
            let settled = try await sale.books.settle(recovered, of: product.id, fence: new.fence)
            await #expect(throws: Fenced.self) { try await sale.acknowledge(claim, settled, old) }
            try await sale.acknowledge(recovered, settled, new)
            #expect(try await sale.standing(product.id, "ann")?.status == .completed)
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("Entries that wait for held units go back to the head in their order, and nobody overtakes them")
    func waiting() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 3, checkout: .hold)
            for (user, quantity) in [("a", 2), ("b", 2), ("c", 1), ("d", 1)] {
                try await sale.join(product.id, user, quantity: quantity)
            }
            let lease = try await sale.lease(product.id)
            let settled = try await sale.settle(try await sale.claim(lease, limit: 3), lease)
            #expect(settled.decisions.map(\.status) == [.held])
            #expect(settled.waiting.map(\.user.rawValue) == ["b", "c"])
            #expect(settled.soldOutAfter == nil)
            #expect(try await sale.standing(product.id, "b")?.position == 1)
            #expect(try await sale.line().leave(product.id, user: try UserID("b")) == .left)
            let again = try await sale.claim(lease)
            #expect(again.entries.map(\.user.rawValue) == ["b", "c", "d"])
            #expect(again.entries.map(\.cart) == [.left, .live, .live])
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test(
        "An entry that can't be read becomes a dead letter with its bytes, and the line moves on",
        arguments: [
            "2:1:1:ann", "1:1:abc:ann", "1:1:-1:ann", "1:1:0:ann", "1:0:1:ann", "1:99999999999999999:1:ann", "",
            "1:1:1:",
            "1:1:1:a b", "1:1:9999999999:ann", "1:1:1:ANN", "{\"user\":\"ann\"}", "1:1:1:\u{0}", "1:1:1:аnn",
        ]
    )
    func poison(_ raw: String) async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2)
            try await sale.join(product.id, "before")
            let push = RedisCommand("LPUSH", key: "flash_sale_queue:{\(product.id)}", [RedisArgument(raw)])
            _ = try await sale.redis.send(push)
            try await sale.join(product.id, "after")
            let lease = try await sale.lease(product.id)
            let claim = try await sale.claim(lease)
            #expect(claim.unreadable.map(\.raw) == [Array(raw.utf8)])
            let settled = try await sale.settle(claim, lease)
            #expect(settled.decisions.map(\.status) == [.completed, .completed])
            let kept = try await sale.count(
                "SELECT COUNT(*) FROM dead_letters WHERE raw = ?",
                [.bytes(Array(raw.utf8))]
            )
            #expect(kept == 1)
            // The same batch again keeps one letter and counts the attempt.
            _ = try await sale.books.settle(claim, of: product.id, fence: lease.fence)
            #expect(try await sale.count("SELECT COUNT(*) FROM dead_letters") == 1)
            #expect(try await sale.count("SELECT attempts FROM dead_letters") == 2)
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("A line whose data is lost opens again above every ticket it may have handed out, and the loss is on record")
    func lostLine() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            for user in ["a", "b", "c"] { try await sale.join(product.id, user) }
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease, limit: 1), lease)
            let keys = try await sale.redis.send(RedisCommand("KEYS", ["*"])).array().map {
                RedisArgument(try $0.bytes())
            }
            _ = try await sale.redis.send(RedisCommand("DEL", keys))
            let answer = try await sale.served.claim(product.id, fence: lease.fence, limit: 5, dropLimit: 5)
            #expect(answer == .missing)
            #expect(try await sale.answer(product.id, "d") == .refused(.unknownProduct))
            let nonce = LineNonce.random()
            let lost = try await sale.books.recordLostLine(of: product.id, newNonce: nonce, fence: lease.fence)
            #expect(lost.product.nonce == nonce)
            #expect(lost.lastTicket > 1_000_000)
            try await sale.openLine(lost.product, lastTicket: lost.lastTicket, fence: lease.fence)
            let standing = try await sale.join(product.id, "b")
            #expect(standing.ticket.rawValue == lost.lastTicket + 1)
            #expect(standing.position == 1)
            let range =
                "SELECT COUNT(*) FROM ticket_ranges WHERE outcome = 'lost' AND from_ticket = 2 AND to_ticket = ?"
            #expect(try await sale.count(range, [.integer(lost.lastTicket)]) == 1)
            try await sale.settle(try await sale.claim(lease), lease)
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("Bytes that come into a sold-out line while it is reopened are dropped first")
    func bytesWhileReopening() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1)
            try await sale.join(product.id, "ann")
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease), lease)
            _ = try await sale.admin.restock(product.id, units: 1)
            let open = try await sale.books.reopen(product.id, lastTicket: 1, fence: lease.fence)
            _ = try await sale.redis.send(RedisCommand("LPUSH", key: "flash_sale_queue:{\(product.id)}", ["\u{1}"]))
            await #expect(throws: StoreUnavailable.self) { try await sale.served.reopen(open, fence: lease.fence) }
            #expect(try await sale.answer(product.id, "bob") == .refused(.soldOut))
            let answer = try await sale.served.claim(product.id, fence: lease.fence, limit: 5, dropLimit: 5)
            #expect(answer == .soldOut(remaining: 0, lastTicket: 1))
            try await sale.served.reopen(open, fence: lease.fence)
            #expect(try await sale.join(product.id, "bob").ticket.rawValue == 2)
        }
    }

    @Test("A worker that slept while its line was lost opens no other one, though Redis has forgotten its fence too")
    func sleeperOpensNothing() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            let sleeper = try await sale.lease(product.id, worker: "sleeper", for: .microseconds(1))
            let old = LineNonce.random()
            // Asleep behind each of its steps: with a line prepared, and with one that is on record.
            #expect(
                try await sale.served.prepare(product.id, unlessAlive: nil, opening: old, fence: sleeper.fence)
            )
            let lost = try await sale.books.recordLostLine(of: product.id, newNonce: old, fence: sleeper.fence)
            let successor = try await sale.lease(product.id, worker: "successor")
            let new = LineNonce.random()
            #expect(
                try await sale.served.prepare(product.id, unlessAlive: old, opening: new, fence: successor.fence)
            )
            await #expect(throws: StoreUnavailable.self) {
                try await sale.served.open(lost.product, lastTicket: lost.lastTicket)
            }
            let record = try await sale.books.recordLostLine(of: product.id, newNonce: new, fence: successor.fence)
            _ = try await sale.redis.send(RedisCommand("DEL", key: "flash_sale:{\(product.id)}"))
            await #expect(throws: StoreUnavailable.self) {
                try await sale.served.open(lost.product, lastTicket: lost.lastTicket)
            }
            // Its fence is gone with Redis's data: it may prepare a line, and can't put it on record.
            let late = LineNonce.random()
            #expect(
                try await sale.served.prepare(product.id, unlessAlive: new, opening: late, fence: sleeper.fence)
            )
            await #expect(throws: Fenced.self) {
                try await sale.books.recordLostLine(of: product.id, newNonce: late, fence: sleeper.fence)
            }
            #expect(try await sale.answer(product.id, "ann") == .refused(.unknownProduct))
            try await sale.openLine(record.product, lastTicket: record.lastTicket, fence: successor.fence)
            #expect(try await sale.join(product.id, "ann").ticket.rawValue == record.lastTicket + 1)
        }
    }

    @Test("A line that lives is not prepared again")
    func livingLine() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            try await sale.join(product.id, "ann")
            let lease = try await sale.lease(product.id)
            let nonce = try #require(try await sale.books.product(product.id)?.nonce)
            #expect(
                try await !sale.served.prepare(product.id, unlessAlive: nonce, opening: "new", fence: lease.fence)
            )
            #expect(try await sale.settle(try await sale.claim(lease), lease).decisions.count == 1)
        }
    }

    @Test("A paused line is not served")
    func paused() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            try await sale.join(product.id, "ann")
            _ = try await sale.admin.setPaused(product.id, true)
            let lease = try await sale.lease(product.id)
            let answer = try await sale.served.claim(product.id, fence: lease.fence, limit: 5, dropLimit: 5)
            #expect(answer == .paused)
            #expect(try await sale.standing(product.id, "ann")?.saleState == .paused)
        }
    }

    @Test("The books refuse a second live order and a stock below zero by themselves")
    func schemaGuards() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1)
            try await sale.join(product.id, "ann")
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease), lease)
            await #expect(throws: MariaDBError.self) {
                try await sale.execute("UPDATE products SET available_stock = available_stock - 1")
            }
            try await sale.execute(
                "INSERT INTO decisions VALUES (?, 9, 'ann', 1, 'ordered', 9, 1, 1, NOW(6))",
                [.integer(product.id.rawValue)]
            )
            await #expect(throws: MariaDBError.self) {
                try await sale.execute(
                    """
                    INSERT INTO orders (product_id, ticket, user_id, quantity, unit_price, currency, status)
                    VALUES (?, 9, 'ann', 1, 1, 'USD', 'pending')
                    """,
                    [.integer(product.id.rawValue)]
                )
            }
        }
    }
}
