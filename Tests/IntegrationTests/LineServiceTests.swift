import FlashSale
import FlashSaleStorage
import FlashSaleWorker
import Foundation
import Logging
import Redis
import Resilience
import ServiceLifecycle
import TestSupport
import Testing

/// The worker's service, as many of it as there are processes, on real stores.
@Suite("The line: the worker's service")
struct LineServiceTests {
    @Test("Several workers settle a crowd: exactly the stock, in ticket order, everybody decided once")
    func crowd() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 40)
            try await withWorkers(3, on: sale) {
                try await withThrowingTaskGroup { group in
                    for number in 0..<400 { group.addTask { try await sale.join(product.id, "user\(number)") } }
                    try await group.waitForAll()
                }
                try await eventually("everybody is decided") {
                    let report = try await sale.admin.queue(of: product.id)
                    return report.waiting == 0 && report.processing == 0
                }
            }
            #expect(try await sale.count("SELECT COUNT(*) FROM orders WHERE status = 'completed'") == 40)
            #expect(try await sale.count("SELECT CAST(MAX(ticket) AS SIGNED) FROM orders") == 40)
            let report = try await sale.admin.queue(of: product.id)
            #expect(report.outcomes.reduce(0) { $0 + $1.tickets } == 400)
            #expect(report.product.availableStock == 0)
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("Every product is served, by one worker each; a worker that goes leaves its products to the others")
    func sharing() async throws {
        try await Sale.with { sale in
            let products = try await sixProducts(sale)
            try await withWorkers(2, on: sale) {
                try await eventually("two workers hold three products each") {
                    let shares = try await sale.count(
                        """
                        SELECT COUNT(*) FROM (
                            SELECT holder FROM leases WHERE until > NOW(6) GROUP BY holder HAVING COUNT(*) = 3
                        ) AS holders
                        """
                    )
                    return shares == 2
                }
                for product in products { try await sale.join(product, "ann") }
                try await eventually("everybody is served") {
                    try await sale.count("SELECT COUNT(*) FROM orders") == 6
                }
            }
            #expect(try await sale.count("SELECT COUNT(*) FROM leases WHERE until > NOW(6)") == 0)
            try await withWorkers(1, on: sale) {
                for product in products { try await sale.join(product, "bob") }
                try await eventually("everybody is served by the one that is left") {
                    try await sale.count("SELECT COUNT(*) FROM orders") == 12
                }
            }
            for product in products { try await sale.expectBooksBalance(product) }
        }
    }

    @Test("A product that is created, paused, resumed and restocked while a worker runs is served accordingly")
    func changes() async throws {
        try await Sale.with { sale in
            try await withWorkers(1, on: sale) {
                let product = try await sale.product(stock: 1)
                try await sale.join(product.id, "ann")
                try await status(.completed, of: "ann", product.id, sale)
                // Sold out with the last unit; a restock opens the line again.
                #expect(try await sale.answer(product.id, "bob") == .refused(.soldOut))
                _ = try await sale.admin.restock(product.id, units: 1)
                try await eventually("the line is open again") {
                    if case .joined = try await sale.answer(product.id, "bob") { true } else { false }
                }
                try await status(.completed, of: "bob", product.id, sale)

                _ = try await sale.admin.restock(product.id, units: 1)
                try await eventually("open") { try await sale.answer(product.id, "cat") != .refused(.soldOut) }
                try await status(.completed, of: "cat", product.id, sale)
                try await sale.expectBooksBalance(product.id)

                let other = try await sale.product(stock: 5)
                try await sale.join(other.id, "ann")
                try await status(.completed, of: "ann", other.id, sale)
                _ = try await sale.admin.setPaused(other.id, true)
                #expect(try await sale.answer(other.id, "bob") == .refused(.paused))
                _ = try await sale.admin.setPaused(other.id, false)
                try await sale.join(other.id, "bob")
                try await status(.completed, of: "bob", other.id, sale)
            }
        }
    }

    @Test("A line that was never opened, or whose data is lost, is opened by the worker")
    func opensLines() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            _ = try await sale.redis.send(RedisCommand("DEL", key: "flash_sale:{\(product.id)}"))
            try await sale.execute("UPDATE products SET nonce = NULL")
            try await withWorkers(1, on: sale) {
                try await eventually("the line is open") {
                    if case .joined(let standing) = try await sale.answer(product.id, "ann") {
                        standing.ticket.rawValue == 1
                    } else {
                        false
                    }
                }
                try await status(.completed, of: "ann", product.id, sale)
                _ = try await sale.redis.send(RedisCommand("DEL", key: "flash_sale:{\(product.id)}"))
                try await eventually("the line is open above the lost tickets") {
                    if case .joined(let standing) = try await sale.answer(product.id, "bob") {
                        standing.ticket.rawValue > 1_000_000
                    } else {
                        false
                    }
                }
                try await status(.completed, of: "bob", product.id, sale)
                try await sale.expectBooksBalance(product.id)
            }
        }
    }

    private func status(_ expected: PurchaseStatus, of user: String, _ product: ProductID, _ sale: Sale) async throws {
        try await eventually("\(user) is \(expected)") { try await sale.standing(product, user)?.status == expected }
    }

    private func sixProducts(_ sale: Sale) async throws -> [ProductID] {
        var products: [ProductID] = []
        for _ in 0..<6 { products.append(try await sale.product(stock: 100).id) }
        return products
    }
}
