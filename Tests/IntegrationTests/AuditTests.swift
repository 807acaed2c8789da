import FlashSale
import FlashSaleStorage
import MariaDB
import Redis
import Resilience
import TestSupport
import Testing

/// Audits of sales that went as they should, however much happened in them.
@Suite("Audit: clean sales")
struct AuditTests {
    @Test("A sale of each kind audits clean while people wait, and after", arguments: Checkout.allCases)
    func kinds(_ checkout: Checkout) async throws {
        try await Sale.with { sale in
            let (product, lease) = try await sale.servedSale(checkout, stock: 4)
            try await sale.expectClean()
            try await sale.join(product, "dan")
            try await sale.join(product, "eve")
            _ = try await sale.line().leave(product, user: try UserID("eve"))
            let report = try await sale.audit.run(of: product)
            #expect(report.isClean, "\(report.invariants)")
            #expect(Set(report.invariants.filter { !$0.notJudged.isEmpty }.map(\.invariant)) == [.copies, .leftovers])
            #expect(report.invariants.first?.checked ?? 0 > 0 && report.products == 1)
            try await sale.serve(lease)
            try await sale.expectClean(judgesAll: false)
        }
    }

    @Test("Holds that are checked out, paid, given back or run out, and payments that come early, late and twice")
    func orders() async throws {
        try await Sale.with { sale in
            let (product, lease) = try await sale.servedSale(.hold, stock: 3)
            let (ann, bob, cid) = (
                try sale.order(product, 1), try sale.order(product, 2), try sale.order(product, 3)
            )
            // In line behind them: dan's payment is there before his order, eve's for a place that gets nothing.
            try await sale.join(product, "dan")
            try await sale.join(product, "eve")
            for (id, ticket) in [("early", 4), ("lost", 5)] {
                _ = try await sale.desk.record(try sale.event(id, try sale.order(product, Int64(ticket))))
            }
            _ = try await sale.desk.checkOut(ann)
            _ = try await sale.desk.record(try sale.event("paid", ann))
            _ = try await sale.desk.record(try sale.event("again", ann))
            _ = try await sale.desk.giveBack(bob)
            try await sale.serve(lease)
            try await sale.expectClean(judgesAll: false)
            try await sale.age(cid)
            try await sale.sweep(lease)
            _ = try await sale.desk.record(try sale.event("late", cid))
            _ = try await sale.desk.record(try sale.event("late bob", bob))
            try await sale.serve(lease)
            try await sale.sweep(lease)
            #expect(try await sale.status(cid) == .completed)
            #expect(try await sale.status(bob) == .refundDue)
            #expect(try await sale.count("SELECT COUNT(*) FROM payment_events WHERE result = 'recovered'") == 1)
            #expect(try await sale.count("SELECT COUNT(*) FROM outbox WHERE event = 'refund.due'") == 2)
            try await sale.expectClean()
        }
    }

    @Test("People who were refused for an order see that order's end, and an audit agrees")
    func refusedForAnOrder() async throws {
        try await Sale.with { sale in
            let (product, lease) = try await sale.servedSale(.hold)
            // Decided while they have an order: the API keeps such people out, so the entry is written here.
            try await sale.redis.push(entry: "1:4:1:ann", of: product)
            try await sale.serve(lease)
            try await sale.expectClean()
            _ = try await sale.desk.giveBack(try sale.order(product, 1))
            try await sale.sweep(lease)
            #expect(try await sale.standing(product, "ann")?.status == .cancelled)
            try await sale.expectClean()
            _ = try await sale.desk.record(try sale.event("late", try sale.order(product, 1)))
            try await sale.sweep(lease)
            #expect(try await sale.standing(product, "ann")?.status == .completed)
            try await sale.expectClean()
        }
    }

    @Test("A line that was sold out, reopened and lost with Redis audits clean")
    func ranges() async throws {
        try await Sale.with { sale in
            let (product, lease) = try await sale.servedSale(.instant)
            try await sale.expectClean()
            let restocked = try await sale.admin.restock(product, units: 1).product
            let last = try #require(try await sale.admin.queue(of: product).lastTicket)
            let open = try await sale.books.reopen(product, lastTicket: last, fence: lease.fence)
            try await sale.served.reopen(open, fence: lease.fence)
            _ = try await sale.served.publish(restocked, fence: lease.fence)
            try await sale.join(product, "dan")
            try await sale.redis.removeAll(of: product)
            #expect(try await sale.problems() == [])
            let lost = try await sale.books.recordLostLine(of: product, newNonce: "new", fence: lease.fence)
            try await sale.openLine(lost.product, lastTicket: lost.lastTicket, fence: lease.fence)
            _ = try await sale.audit.repair()
            try await sale.join(product, "dan")
            try await sale.serve(lease)
            try await sale.expectClean()
        }
    }

    @Test("An audit of a sale at work has nothing to say against it")
    func live() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 300, checkout: .payment).id
            try await withWorkers(2, on: sale) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for number in 1...600 { try await sale.join(product, "user\(number)") } }
                    group.addTask {
                        for _ in 1...3 {
                            let problems = try await sale.problems()
                            #expect(problems == [])
                        }
                    }
                    try await group.waitForAll()
                }
                try await eventually("everybody is served or waits for units to come back") {
                    try await sale.count("SELECT COUNT(*) FROM orders WHERE status = 'pending'") == 300
                }
            }
            try await sale.expectClean(judgesAll: false)
        }
    }

    @Test("An audit that cannot look says so")
    func outOfReach() async throws {
        try await Sale.with(migrated: false) { sale in
            await #expect(throws: (any Error).self) { try await sale.audit.run() }
        }
        try await Sale.with { sale in
            let nobody = try #require(ProductID(404))
            await #expect(throws: UnknownProduct.self) { try await sale.audit.run(of: nobody) }
        }
    }
}

extension GuardedRedisClient {
    /// Puts an entry into a line, with a cart and a ticket of its own, past all checks.
    func push(entry: String, of product: ProductID) async throws {
        let parts = entry.split(separator: ":").map(String.init)
        _ = try await send([
            RedisCommand("HSET", key: "flash_sale:{\(product)}", ["last_ticket", RedisArgument(parts[1])]),
            RedisCommand(
                "SET",
                key: "cart_item:\(parts[3]):{\(product)}",
                [RedisArgument("1:\(parts[1]):\(parts[2])"), "EX", "300"]
            ),
            RedisCommand("LPUSH", key: "flash_sale_queue:{\(product)}", [RedisArgument(entry)]),
        ])
    }

    /// Loses everything that Redis knows of a product's line.
    func removeAll(of product: ProductID) async throws {
        let names = ["", "_queue", "_processing", "_left", "_outcome", "_stock", "_product"]
        _ = try await send(RedisCommand("DEL", keys: names.map { "flash_sale\($0):{\(product)}" }))
    }
}
