import FlashSale
import FlashSaleStorage
import FlashSaleWorker
import TestSupport
import Testing

/// What an operator changes while a sale is on.
@Suite("Products: edits during a sale")
struct ProductEditTests {
    @Test("Whoever waits keeps the price of the time they joined; the next ticket has the new one")
    func price() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 10, checkout: .payment)
            let lease = try await sale.lease(product.id)
            let before = try await sale.join(product.id, "ann").order
            let usd = try #require(Currency("USD"))
            let change = try await sale.admin.setPrice(product.id, #require(Money(minorUnits: 12_000, currency: usd)))
            #expect(change.fromTicket?.rawValue == 2)
            let after = try await sale.join(product.id, "bob").order
            try await sale.serve(lease)
            #expect(try await sale.desk.order(before)?.unitPrice.minorUnits == 9_999)
            #expect(try await sale.desk.order(after)?.unitPrice.minorUnits == 12_000)
            #expect(try await sale.books.product(product.id)?.price.minorUnits == 12_000)
            #expect(try await sale.count("SELECT COUNT(*) FROM prices") == 2, "a row per change, not per user")
            _ = try await sale.admin.setPrice(product.id, #require(Money(minorUnits: 12_000, currency: usd)))
            #expect(try await sale.count("SELECT COUNT(*) FROM prices") == 2, "no change, no row")
        }
    }

    @Test("A price that Redis could not be asked about holds from the first ticket after the next batch")
    func pendingPrice() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 10, checkout: .payment)
            let lease = try await sale.lease(product.id)
            let before = try await sale.join(product.id, "ann").order
            try await sale.execute("UPDATE products SET price = 500, is_price_pending = TRUE")
            let between = try await sale.join(product.id, "bob").order
            try await sale.serve(lease)
            let after = try await sale.join(product.id, "cid").order
            try await sale.serve(lease)
            let prices = try await [before, between, after].asyncMap {
                try await sale.desk.order($0)?.unitPrice.minorUnits
            }
            #expect(prices == [9_999, 9_999, 500])
        }
    }

    @Test("Prices that change under load: every order has the price that was in force for its ticket")
    func priceUnderLoad() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 400, checkout: .payment)
            let usd = try #require(Currency("USD"))
            try await withWorkers(2, on: sale) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for cents in 1...20 {
                            let price = try #require(Money(minorUnits: Int64(cents), currency: usd))
                            _ = try await sale.admin.setPrice(product.id, price)
                        }
                    }
                    group.addTask { try await sale.joinCrowd(product.id, prefix: "user", count: 400) }
                    try await group.waitForAll()
                }
                try await sale.waitForOrders(product.id, .pending, count: 400)
            }
            let wrong = try await sale.count(
                """
                SELECT COUNT(*) FROM orders o WHERE o.unit_price <> (
                    SELECT p.price FROM prices p WHERE p.product_id = o.product_id AND p.from_ticket <= o.ticket
                    ORDER BY p.from_ticket DESC LIMIT 1
                )
                """
            )
            #expect(wrong == 0)
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("Stock is never taken below what is sold or held, and each change is one ledger row")
    func withdraw() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5, checkout: .hold)
            let lease = try await sale.lease(product.id)
            for user in ["ann", "bob"] { try await sale.join(product.id, user) }
            try await sale.serve(lease)
            await #expect(throws: InvalidValue.self) { _ = try await sale.admin.withdraw(product.id, units: 4) }
            await #expect(throws: InvalidValue.self) { _ = try await sale.admin.withdraw(product.id, units: 0) }
            let change = try await sale.admin.withdraw(product.id, units: 3)
            #expect(change.product.totalStock == 2 && change.product.availableStock == 0)
            #expect(
                try await sale.count("SELECT COUNT(*) FROM stock_ledger WHERE reason = 'withdrawn' AND delta = -3") == 1
            )
            #expect(try await sale.admin.restock(product.id, units: 1).product.availableStock == 1)
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("With everything taken away that nobody has, the rest of the line is sold out at once")
    func withdrawAll() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2)
            try await withWorkers(1, on: sale) {
                try await sale.join(product.id, "ann")
                try await sale.waitForOrders(product.id, .completed, count: 1)
                _ = try await sale.admin.withdraw(product.id, units: 1)
                try await eventually("nobody can join any more") {
                    if case .refused(.soldOut) = try await sale.answer(product.id, "bob") { true } else { false }
                }
                _ = try await sale.admin.restock(product.id, units: 1)
                try await eventually("the line is open again, and serves") {
                    _ = try await sale.answer(product.id, "cid")
                    return try await sale.standing(product.id, "cid")?.status == .completed
                }
            }
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("Closed early: nobody joins, and everybody who waits is served")
    func close() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            let lease = try await sale.lease(product.id)
            try await sale.join(product.id, "ann")
            let change = try await sale.admin.close(product.id)
            #expect(change.lineProblem == nil && change.product.closesAt != nil)
            guard case .refused(.closed) = try await sale.answer(product.id, "bob") else { throw Unexpected() }
            try await sale.serve(lease)
            #expect(try await sale.standing(product.id, "ann")?.status == .completed)
            #expect(try await sale.admin.close(product.id).product.closesAt == change.product.closesAt, "closed once")
        }
    }
}
