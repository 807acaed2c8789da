import FlashSaleStorage
import Foundation
import LocalServers
import Redis
import Resilience
import ShopSupport
import TestSupport
import Testing

/// The three binaries over HTTP, on real stores.
@Suite("End to end: a sale", .serialized)
struct SaleTests {
    @Test("5,000 people at once for 100 units and three workers: exactly 100 served, in the order of tickets")
    func crowd() async throws {
        try await RunningShop.with(workers: 3) { shop in
            let product = try await shop.createProduct(stock: 100)
            let tickets = try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<5_000 {
                    group.addTask {
                        let answer = try await shop.join(product, "user\(number)")
                        // Whoever comes after the last unit went is told so and gets no ticket.
                        if answer.status.code == 409, answer["code"] == "sold_out" { return nil }
                        #expect(answer.status.code == 202)
                        return answer["ticket"].flatMap { Int($0) }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(tickets.compactMap { $0 }).count == tickets.compactMap { $0 }.count)
            try await eventually(within: .seconds(60), "the line is empty") {
                let line = RedisCommand("LLEN", key: "flash_sale_queue:{\(product)}")
                return try await shop.stores.redis.send(line).integer() == 0
            }
            let statuses = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<5_000 {
                    group.addTask { try await shop.standing(product, "user\(number)")["status"] }
                }
                return try await group.reduce(into: [:]) { $0[$1 ?? "none", default: 0] += 1 }
            }
            #expect(statuses["completed"] == 100)
            #expect((statuses["sold_out"] ?? 0) + 100 == tickets.compactMap { $0 }.count)
            try await expectExactSale(shop, product, stock: 100, tickets: tickets.compactMap { $0 }.count)
        }
    }

    @Test("5,000 people in line before the worker comes: 100 completed, 4,900 sold out, every ticket decided once")
    func crowdBeforeTheWorker() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 100)
            try await withThrowingTaskGroup { group in
                for number in 0..<5_000 {
                    group.addTask { () throws in
                        #expect(try await shop.join(product, "user\(number)").status.code == 202)
                    }
                }
                try await group.waitForAll()
            }
            for _ in 0..<3 { try await shop.startWorker() }
            let statuses = try await eventualStatuses(shop, product, people: 5_000)
            #expect(statuses == ["completed": 100, "sold_out": 4_900])
            try await expectExactSale(shop, product, stock: 100, tickets: 5_000)
        }
    }

    @Test("The same user 200 times at once: one ticket, and clear refusals by the limiter")
    func sameUser() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 5)
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<200 { group.addTask { try await shop.join(product, "ann") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status.code == 202 } == 1)
            #expect(answers.count { $0.status.code == 200 } == 10)
            let limited = answers.filter { $0.status.code == 429 }
            #expect(limited.count == 189)
            #expect(
                limited.allSatisfy { $0["code"] == "rate_limited" && Int($0.headers["retry-after"] ?? "") ?? 0 > 0 }
            )
            #expect(Set(answers.compactMap { $0["ticket"] }) == ["1"])
            let line = RedisCommand("LLEN", key: "flash_sale_queue:{\(product)}")
            #expect(try await shop.stores.redis.send(line).integer() == 1)
        }
    }

    @Test("Workers that are killed in the middle lose nobody; the others go on in order")
    func killedWorkers() async throws {
        try await RunningShop.with(workers: 0, environment: ["FLASHSALE_WORKER_LEASE": "1s"]) { shop in
            let product = try await shop.createProduct(stock: 300)
            try await withThrowingTaskGroup { group in
                for number in 0..<1_000 { group.addTask { _ = try await shop.join(product, "user\(number)") } }
                try await group.waitForAll()
            }
            for _ in 0..<5 {
                let decided = try await shop.count("SELECT COUNT(*) FROM decisions")
                let worker = try await shop.startWorker()
                try await eventually("somebody is decided") {
                    try await shop.count("SELECT COUNT(*) FROM decisions") > min(decided, 299)
                }
                await worker.kill()
            }
            try await shop.startWorker()
            let statuses = try await eventualStatuses(shop, product, people: 1_000)
            #expect(statuses == ["completed": 300, "sold_out": 700])
            try await expectExactSale(shop, product, stock: 300, tickets: 1_000)
        }
    }

    @Test("Redis killed and back: refusals at once meanwhile, and nobody who was in line is lost")
    func killedRedis() async throws {
        let settings = ["FLASHSALE_REDIS_COMMAND_TIMEOUT": "2s"]
        try await RunningShop.with(workers: 0, environment: settings, ownRedis: true) { shop in
            let product = try await shop.createProduct(stock: 10)
            for number in 0..<20 { #expect(try await shop.join(product, "user\(number)").status.code == 202) }
            try await shop.redis.kill()
            try await eventually("the API refuses") {
                let answer = try await shop.join(product, "late")
                return answer.status.code == 503 && answer["code"] == "unavailable"
                    && answer.headers["retry-after"] != nil
            }
            #expect(try await shop.get("/ready").status.code == 503)
            #expect(try await shop.get("/health").status.code == 200)
            #expect(try await shop.get("/api/products/\(product)").status.code == 200)
            try await shop.redis.restart()
            try await eventually("the API takes people again") {
                try await shop.join(product, "late").status.code == 202
            }
            try await shop.startWorker()
            let statuses = try await eventualStatuses(shop, product, people: 20)
            #expect(statuses == ["completed": 10, "sold_out": 10])
            // The 20 that were in line before the kill, and the one who came after it with the next ticket.
            try await expectExactSale(shop, product, stock: 10, tickets: 21)
        }
    }

    /// Asks for everybody's status until nobody waits.
    private func eventualStatuses(_ shop: RunningShop, _ product: Int, people: Int) async throws -> [String: Int] {
        var statuses: [String: Int] = [:]
        try await eventually(within: .seconds(120), "nobody waits any more") {
            statuses = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<people {
                    group.addTask { try await shop.standing(product, "user\(number)")["status"] }
                }
                return try await group.reduce(into: [:]) { $0[$1 ?? "none", default: 0] += 1 }
            }
            return statuses["queued"] == nil
        }
        return statuses
    }

    /// What SQL says of a sale that sold out: all units to the first tickets, and every ticket decided exactly once.
    private func expectExactSale(_ shop: RunningShop, _ product: Int, stock: Int, tickets: Int) async throws {
        #expect(try await shop.count("SELECT COUNT(*) FROM orders WHERE status = 'completed'") == stock)
        #expect(try await shop.count("SELECT CAST(MAX(ticket) AS SIGNED) FROM orders") == stock)
        #expect(try await shop.count("SELECT available_stock FROM products WHERE id = \(product)") == 0)
        #expect(try await shop.count("SELECT CAST(SUM(delta) AS SIGNED) FROM stock_ledger") == 0)
        #expect(try await shop.count("SELECT COUNT(DISTINCT user_id) FROM orders") == stock)
        // Decisions are 1…N without a gap, and one range covers every ticket above N.
        let decided = try await shop.count("SELECT COUNT(*) FROM decisions")
        #expect(try await shop.count("SELECT CAST(MAX(ticket) AS SIGNED) FROM decisions") == decided)
        #expect(try await shop.count("SELECT CAST(MIN(from_ticket) AS SIGNED) FROM ticket_ranges") == decided + 1)
        #expect(try await shop.count("SELECT COUNT(*) FROM ticket_ranges") == 1)
        let last = try await shop.stores.redis.send(
            RedisCommand("HGET", key: "flash_sale:{\(product)}", ["last_ticket"])
        )
        #expect(try last.string() == "\(tickets)")
        #expect(
            try await shop.count("SELECT COUNT(*) FROM decisions WHERE outcome NOT IN ('ordered', 'sold_out')") == 0
        )
        #expect(try await shop.count("SELECT COUNT(*) FROM dead_letters") == 0)
    }
}
