import FlashSale
import FlashSaleStorage
import MariaDB
import Redis
import Resilience
import TestSupport
import Testing

/// `--repair` mends what has one right answer, once.
@Suite("Audit: repair")
struct AuditRepairTests {
    @Test("Outcomes, stock copies, carts and marks are mended; a second repair finds nothing; strangers' keys stay")
    func mends() async throws {
        try await Sale.with { sale in
            let (product, lease) = try await sale.servedSale(.hold, stock: 5)
            try await sale.redis.push(entry: "1:4:1:ann", of: product)
            try await sale.serve(lease)
            _ = try await sale.desk.giveBack(try sale.order(product, 1))
            try await sale.sweep(lease)
            try await sale.books.releaseLeases(worker: "test")
            try await sale.expectClean()
            try await sale.plantStaleCopies(product)
            let repairs = try await sale.audit.repair()
            #expect(
                Set(repairs) == [
                    AuditRepair(action: "outcomes of product \(product) written as decided", count: 4),
                    AuditRepair(action: "marks of people who left product \(product) dropped", count: 1),
                    AuditRepair(action: "copies of product \(product)'s stock written", count: 2),
                    AuditRepair(action: "carts without an end given one", count: 1),
                ]
            )
            try await sale.expectViolation(.leftovers, "the key is none of ours")
            #expect(try await sale.audit.repair() == [])
            _ = try await sale.redis.send(RedisCommand("DEL", key: "someone:else"))
            try await sale.expectClean()
            #expect(try await sale.standing(product, "ann")?.status == .cancelled)
            #expect(try await sale.standing(product, "bob")?.status == .held)
            #expect(try await sale.standing(product, "zoe") == nil)
        }
    }

    @Test("Outcomes that were lost with Redis's data come back as they were")
    func lostOutcomes() async throws {
        try await Sale.with { sale in
            let (product, _) = try await sale.servedSale(.payment, stock: 5)
            let outcomes = "flash_sale_outcome:{\(product)}"
            let before = try await sale.redis.send(RedisCommand("HGETALL", key: outcomes))
            _ = try await sale.redis.send(RedisCommand("DEL", key: outcomes))
            #expect(try await sale.audit.run().violations == 3)
            let repairs = try await sale.audit.repair()
            #expect(repairs.map(\.count) == [3])
            #expect(try await sale.redis.send(RedisCommand("HGETALL", key: outcomes)) == before)
            #expect(try await sale.redis.send(RedisCommand("TTL", key: outcomes)).integer() > 0)
            try await sale.expectClean()
        }
    }

    @Test("The stock of a product that a worker serves is written by that worker")
    func served() async throws {
        try await Sale.with { sale in
            let (product, _) = try await sale.servedSale(.instant, stock: 5)
            try await sale.books.releaseLeases(worker: "test")
            try await withWorkers(1, on: sale) {
                try await eventually("a worker has the product") {
                    try await sale.admin.queue(of: product).worker != nil
                }
                try await eventually("the worker has published it") { try await sale.problems() == [] }
                let stock = "flash_sale_stock:{\(product)}"
                _ = try await sale.redis.send(RedisCommand("SET", key: stock, ["9"]))
                let repairs = try await sale.audit.repair()
                #expect(repairs.map(\.action) == ["copies of product \(product)'s stock written by its worker"])
                #expect(try await sale.redis.send(RedisCommand("GET", key: stock)).string() == "2")
                #expect(try await sale.audit.repair() == [])
                #expect(try await sale.problems() == [])
            }
        }
    }

    @Test("While people are in line nothing of it is touched, and MariaDB never is")
    func notWhileAtWork() async throws {
        try await Sale.with { sale in
            let (product, _) = try await sale.servedSale(.instant, stock: 5)
            try await sale.join(product, "dan")
            let outcomes = "flash_sale_outcome:{\(product)}"
            _ = try await sale.redis.send(RedisCommand("DEL", key: outcomes))
            #expect(try await sale.audit.repair() == [])
            #expect(try await sale.redis.send(RedisCommand("EXISTS", key: outcomes)).integer() == 0)
            try await sale.execute("UPDATE stock_ledger SET delta = delta + 1 WHERE reason = 'created'")
            #expect(try await sale.audit.repair() == [])
            try await sale.expectViolation(
                .stock,
                "available stock, total stock, ledger and live orders do not agree"
            )
        }
    }
}

extension Sale {
    /// Everything that a repair can mend, wrong at once, and one key that it must leave alone.
    fileprivate func plantStaleCopies(_ product: ProductID) async throws {
        let outcomes = "flash_sale_outcome:{\(product)}"
        _ = try await redis.send([
            // An older state, another state, none, and one of nobody: four outcomes.
            RedisCommand("HSET", key: outcomes, ["ann", "1:4:1:already_purchased:1"]),
            RedisCommand("HSET", key: outcomes, ["bob", "1:2:1:completed:2"]),
            RedisCommand("HDEL", key: outcomes, ["cid"]),
            RedisCommand("HSET", key: outcomes, ["zoe", "1:99:1:completed:99"]),
            RedisCommand("SET", key: "flash_sale_stock:{\(product)}", ["9"]),
            RedisCommand("HSET", key: "flash_sale:{\(product)}", ["available_stock", "9"]),
            RedisCommand("SADD", key: "flash_sale_left:{\(product)}", ["3"]),
            RedisCommand("SET", key: "cart_item:cid:{\(product)}", ["1:3:1"]),
            RedisCommand("SET", key: "someone:else", ["1"]),
        ])
    }
}
