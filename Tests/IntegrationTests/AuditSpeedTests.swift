import FlashSale
import FlashSaleStorage
import Foundation
import MariaDB
import Redis
import Resilience
import Testing

/// The audit of a big sale: as many decisions as `FLASHSALE_TEST_AUDIT_ROWS` says, a tenth of them orders.
///
/// A million takes a minute to fill: `FLASHSALE_TEST_AUDIT_ROWS=1000000 swift test --filter AuditSpeedTests`.
@Suite("Audit: size")
struct AuditSpeedTests {
    private static let batchSize = 50

    @Test("A big sale audits clean, and one lost outcome and one lost ticket in it are found")
    func size() async throws {
        let rows = ProcessInfo.processInfo.environment["FLASHSALE_TEST_AUDIT_ROWS"].flatMap(Int.init) ?? 20_000
        try await Sale.with { sale in
            let product = try await sale.product(stock: rows / 10).id
            try await sale.fill(product, decisions: rows, batchSize: Self.batchSize)
            let clock = ContinuousClock()
            let start = clock.now
            let report = try await sale.audit.run()
            print("audit of \(rows) decisions:", start.duration(to: clock.now))
            for invariant in report.invariants {
                print(" ", invariant.invariant, invariant.checked, invariant.duration)
            }
            #expect(report.isClean, "\(report.invariants.filter { $0.violations > 0 })")
            #expect(report.invariants.allSatisfy { $0.notJudged.isEmpty })
            #expect(report.invariants[1].checked == rows && report.invariants[5].checked == rows)
            _ = try await sale.redis.send(RedisCommand("HDEL", key: "flash_sale_outcome:{\(product)}", ["u7"]))
            try await sale.execute("DELETE FROM decisions WHERE ticket = ?", [.integer(Int64(rows))])
            let damaged = try await sale.audit.run()
            #expect(damaged.invariants[1].rows.map { $0["from_ticket"] } == ["\(rows)"])
            #expect(Set(damaged.invariants[5].rows.compactMap { $0["user"] }) == ["u7", "u\(rows)"])
        }
    }
}

extension Sale {
    /// A sale that is over, as its tables and Redis look after it: the first tenth of the tickets bought one unit each.
    fileprivate func fill(_ product: ProductID, decisions: Int, batchSize: Int) async throws {
        let orders = decisions / 10
        let lease = try await lease(product)
        let id = MariaDBValue.integer(product.rawValue)
        for first in stride(from: 1, through: decisions, by: 50_000) {
            let last = Int64(min(first + 49_999, decisions))
            try await execute(
                """
                INSERT INTO decisions (product_id, ticket, user_id, quantity, outcome, order_ticket, fence, batch)
                SELECT ?, seq, CONCAT('u', seq), 1, IF(seq <= ?, 'ordered', 'sold_out'), IF(seq <= ?, seq, NULL), ?,
                    CEIL(seq / ?)
                FROM seq_1_to_1000000 WHERE seq BETWEEN ? AND ?
                """,
                [
                    id, .integer(Int64(orders)), .integer(Int64(orders)), .integer(lease.fence.rawValue),
                    .integer(Int64(batchSize)), .integer(Int64(first)), .integer(last),
                ]
            )
        }
        for statement in [
            """
            INSERT INTO orders (product_id, ticket, user_id, quantity, unit_price, currency, status, ended_at)
            SELECT product_id, ticket, user_id, quantity, 9999, 'USD', 'completed', NOW(6) FROM decisions
            WHERE product_id = ? AND outcome = 'ordered'
            """,
            """
            INSERT INTO stock_ledger (product_id, delta, reason, batch)
            SELECT product_id, -COUNT(*), 'ordered', batch FROM decisions
            WHERE product_id = ? AND outcome = 'ordered' GROUP BY product_id, batch ORDER BY batch
            """,
            "UPDATE products SET available_stock = 0 WHERE id = ?",
        ] { try await execute(statement, [id]) }
        try await show(product, decisions: decisions, orders: orders, lease)
    }

    /// Redis as it is once all of that is acknowledged.
    private func show(_ product: ProductID, decisions: Int, orders: Int, _ lease: Lease) async throws {
        let outcomes = RedisScript(
            name: "fill_outcomes",
            source: """
                #!lua
                for ticket = tonumber(ARGV[1]), tonumber(ARGV[2]) do
                    local rest = ticket <= tonumber(ARGV[3]) and ':1:completed:' .. ticket or ':1:sold_out:0'
                    redis.call('HSET', KEYS[1], 'u' .. ticket, '1:' .. ticket .. rest)
                end
                return { 'filled' }
                """
        )
        for first in stride(from: 1, through: decisions, by: 10_000) {
            _ = try await redis.evaluate(
                outcomes,
                keys: ["flash_sale_outcome:{\(product)}"],
                [RedisArgument(first), RedisArgument(min(first + 9_999, decisions)), RedisArgument(orders)]
            )
        }
        let last = RedisArgument(decisions)
        _ = try await redis.send(
            RedisCommand("HSET", key: "flash_sale:{\(product)}", ["last_ticket", last, "served_ticket", last])
        )
        let shown = try #require(try await books.product(product))
        try await served.show([], of: shown, fence: lease.fence)
    }
}
