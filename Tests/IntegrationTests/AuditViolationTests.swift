import FlashSale
import FlashSaleStorage
import MariaDB
import Redis
import Resilience
import Testing

/// Violations planted by hand, one for each way an invariant can break: the audit names that invariant, and no other.
@Suite("Audit: planted violations")
struct AuditViolationTests {
    @Test("1: a ledger that does not add up")
    func stock() async throws {
        try await Sale.with { sale in
            _ = try await sale.servedSale(.instant, stock: 5)
            try await sale.execute("UPDATE stock_ledger SET delta = delta + 1 WHERE reason = 'created'")
            let row = try await sale.expectViolation(
                .stock,
                "available stock, total stock, ledger and live orders do not agree"
            )
            #expect(row["available"] == "2" && row["ledger"] == "3" && row["live_units"] == "3")
        }
    }

    @Test("1: a ledger that was below 0 in between, and a batch that took other units than it gave")
    func ledgerRows() async throws {
        try await Sale.with { sale in
            let (product, _) = try await sale.servedSale(.instant)
            let id = MariaDBValue.integer(product.rawValue)
            for delta: Int64 in [-1, 1] {
                try await sale.execute(
                    "INSERT INTO stock_ledger (product_id, delta, reason, batch) VALUES (?, ?, 'ordered', 99)",
                    [id, .integer(delta)]
                )
            }
            let row = try await sale.expectViolation(.stock, "the ledger falls below 0 at this row")
            #expect(row["available"] == "-1" && row["delta"] == "-1")
            try await sale.execute("DELETE FROM stock_ledger WHERE batch = 99")
            try await sale.execute("UPDATE stock_ledger SET batch = 77 WHERE reason = 'ordered'")
            try await sale.expectViolation(.stock, "the units that the batch took are not those of its orders")
        }
    }

    @Test("2: tickets that are nowhere, in the queue although decided, in two entries, or decided twice")
    func tickets() async throws {
        try await Sale.with { sale in
            let (product, lease) = try await sale.servedSale(.hold)
            for user in ["dan", "eve"] { try await sale.join(product, user) }
            let queue = "flash_sale_queue:{\(product)}"
            _ = try await sale.redis.send(RedisCommand("LREM", key: queue, ["0", "1:4:1:dan"]))
            let row = try await sale.expectViolation(.tickets, "tickets were handed out and are nowhere")
            #expect(row["from_ticket"] == "4" && row["to_ticket"] == "4" && row["product"] == "\(product)")
            _ = try await sale.redis.send(RedisCommand("RPUSH", key: queue, ["1:4:1:dan", "1:4:1:dan"]))
            try await sale.expectViolation(.tickets, "entries of the line repeat a ticket")
            _ = try await sale.redis.send(RedisCommand("RPOP", key: queue))
            try await sale.expectClean(judgesAll: false)
            _ = try await sale.redis.send(RedisCommand("RPUSH", key: queue, ["1:1:1:ann"]))
            let decided = try await sale.expectViolation(.tickets, "decided tickets are still in the queue")
            #expect(decided["from_ticket"] == "1")
            _ = try await sale.redis.send(RedisCommand("RPOP", key: queue))
            try await sale.execute(
                "INSERT INTO ticket_ranges (product_id, from_ticket, to_ticket, outcome) VALUES (?, 2, 3, 'lost')",
                [.integer(lease.product.rawValue)]
            )
            let twice = try await sale.expectViolation(.tickets, "tickets have a decision and lie in a range")
            #expect(twice["from_ticket"] == "2" && twice["to_ticket"] == "3")
        }
    }

    @Test("3: a decision without its order, and a user who was refused for another's")
    func orders() async throws {
        try await Sale.with { sale in
            let (product, lease) = try await sale.servedSale(.hold)
            try await sale.execute("UPDATE orders SET quantity = 2 WHERE ticket = 1")
            try await sale.execute("UPDATE orders SET quantity = 0 WHERE ticket = 2")
            let report = try await sale.audit.run(of: product)
            let rows = report.invariants[2].rows
            #expect(rows.map { $0["ticket"] } == ["1", "2"])
            #expect(rows.allSatisfy { $0.problem == "the order is not what was decided" })
            try await sale.execute("UPDATE orders SET quantity = 1")
            try await sale.redis.push(entry: "1:4:1:ann", of: product)
            try await sale.serve(lease)
            try await sale.execute("UPDATE decisions SET order_ticket = 2 WHERE ticket = 4")
            let outcomes = "flash_sale_outcome:{\(product)}"
            _ = try await sale.redis.send(
                RedisCommand("HSET", key: outcomes, ["ann", "1:4:1:already_purchased:2"])
            )
            let row = try await sale.expectViolation(.orders, "the user was refused for an order that is not theirs")
            #expect(row["user"] == "ann" && row["order_user"] == "bob")
        }
    }

    @Test("3: two live orders of one user, once the key that forbids it is gone")
    func twoLiveOrders() async throws {
        try await Sale.with { sale in
            let (product, _) = try await sale.servedSale(.instant)
            try await sale.execute("ALTER TABLE orders DROP KEY one_live_order")
            try await sale.execute("UPDATE orders SET user_id = 'ann' WHERE ticket = 2")
            try await sale.execute("UPDATE decisions SET user_id = 'ann' WHERE ticket = 2")
            let outcomes = "flash_sale_outcome:{\(product)}"
            _ = try await sale.redis.send(RedisCommand("HDEL", key: outcomes, ["bob"]))
            _ = try await sale.redis.send(RedisCommand("HSET", key: outcomes, ["ann", "1:2:1:completed:2"]))
            let row = try await sale.expectViolation(.orders, "the user has more than one live order")
            #expect(row["user"] == "ann" && row["live_orders"] == "2")
        }
    }

    @Test("4: a fence that falls, batches that mix, a later ticket in an earlier batch")
    func order() async throws {
        try await Sale.with { sale in
            _ = try await sale.servedSale(.hold)
            try await sale.execute("UPDATE decisions SET fence = fence + 1 WHERE ticket = 1")
            let row = try await sale.expectViolation(.order, "the fence falls from one ticket to the next")
            #expect(row["tickets"] == "2-3" && row["earlier_tickets"] == "1")
            try await sale.execute("UPDATE decisions SET fence = fence - 1 WHERE ticket = 1")
            try await sale.execute("UPDATE decisions SET fence = fence + 1 WHERE ticket = 2")
            try await sale.expectViolation(.order, "two batches decided tickets of each other")
            try await sale.execute("UPDATE decisions SET fence = fence - 1 WHERE ticket = 2")
            try await sale.execute("UPDATE decisions SET batch = batch + 1 WHERE ticket = 1")
            try await sale.execute("UPDATE stock_ledger SET batch = batch + 1 WHERE reason = 'ordered'")
            try await sale.execute("UPDATE decisions SET batch = batch + 1 WHERE ticket > 1")
            try await sale.expectClean()
            try await sale.execute("UPDATE decisions SET batch = batch + 1 WHERE ticket = 1")
            let problems = try await sale.problems()
            #expect(problems.contains("4: a later ticket was decided in an earlier batch"), "\(problems)")
        }
    }

    @Test("5: units that never came back, or came back for nobody")
    func releases() async throws {
        try await Sale.with { sale in
            let (product, lease) = try await sale.servedSale(.hold)
            _ = try await sale.desk.giveBack(try sale.order(product, 1))
            try await sale.sweep(lease)
            try await sale.expectClean()
            try await sale.execute("UPDATE stock_ledger SET ticket = 2 WHERE ticket = 1")
            let report = try await sale.audit.run()
            #expect(report.invariants.filter { $0.violations > 0 }.map(\.invariant) == [.releases])
            #expect(report.invariants[4].rows.map { $0["ticket"] } == ["1", "2"])
            try await sale.execute("UPDATE stock_ledger SET ticket = 999 WHERE ticket = 2")
            try await sale.execute("UPDATE stock_ledger SET reason = 'expired' WHERE ticket = 999")
            let row = try await sale.expectViolation(.releases, "units came back for an order that does not exist")
            #expect(row["ticket"] == "999" && row["delta"] == "1")
        }
    }

    @Test("6: another outcome, none, one of nobody, and other copies of the stock")
    func copies() async throws {
        try await Sale.with { sale in
            let (product, _) = try await sale.servedSale(.hold, stock: 5)
            let outcomes = "flash_sale_outcome:{\(product)}"
            _ = try await sale.redis.send(RedisCommand("HSET", key: outcomes, ["ann", "1:1:1:completed:1"]))
            _ = try await sale.redis.send(RedisCommand("HDEL", key: outcomes, ["bob"]))
            let row = try await sale.expectViolation(.copies, "the user is shown another outcome")
            #expect(row["user"] == "ann" && row["redis"] == "1:1:1:completed:1" && row["mariadb"] == "1:1:1:held:1")
            #expect(try await sale.audit.run().violations == 2)
            _ = try await sale.redis.send(
                RedisCommand(
                    "HSET",
                    key: outcomes,
                    ["ann", "1:1:1:held:1", "bob", "1:2:1:held:2", "zoe", "1:9:1:completed:9"]
                )
            )
            let stray = try await sale.expectViolation(.copies, "the outcome belongs to no decision")
            #expect(stray["user"] == "zoe")
            _ = try await sale.redis.send(RedisCommand("HDEL", key: outcomes, ["zoe"]))
            _ = try await sale.redis.send(RedisCommand("SET", key: "flash_sale_stock:{\(product)}", ["9"]))
            let stock = try await sale.expectViolation(.copies, "Redis shows another stock")
            #expect(stock["redis"] == "9" && stock["mariadb"] == "2")
        }
    }

    @Test(
        "7: payments without their order, orders without their payment, refunds that were not told, waits without end"
    )
    func payments() async throws {
        try await Sale.with { sale in
            let (product, lease) = try await sale.servedSale(.payment)
            let ann = try sale.order(product, 1)
            _ = try await sale.desk.record(try sale.event("paid", ann))
            _ = try await sale.desk.record(try sale.event("failed", try sale.order(product, 2), .failed))
            try await sale.join(product, "dan")
            try await sale.serve(lease)
            _ = try await sale.desk.record(try sale.event("late", try sale.order(product, 2)))
            try await sale.sweep(lease)
            try await sale.expectClean()
            try await sale.execute("UPDATE payment_events SET amount = 1 WHERE event_id = 'paid'")
            let row = try await sale.expectViolation(
                .payments,
                "a completed order does not have exactly its one payment"
            )
            #expect(row["ticket"] == "1" && row["amount"] == "1" && row["expected_amount"] == "9999")
            try await sale.execute("UPDATE payment_events SET amount = 9999, ticket = 3 WHERE event_id = 'paid'")
            try await sale.expectViolation(.payments, "the payment's order is not complete")
            try await sale.execute("UPDATE payment_events SET ticket = 1 WHERE event_id = 'paid'")
            try await sale.execute("DELETE FROM outbox WHERE event = 'refund.due'")
            let refund = try await sale.expectViolation(.payments, "a refund was not told exactly once")
            #expect(refund["ticket"] == "2" && refund["events"] == "1" && refund["messages"] == "0")
        }
    }

    @Test("7: an event that waits for a ticket that is decided")
    func waitingEvent() async throws {
        try await Sale.with { sale in
            let (product, _) = try await sale.servedSale(.payment)
            _ = try await sale.desk.record(try sale.event("early", try sale.order(product, 9)))
            try await sale.expectClean()
            try await sale.execute("UPDATE payment_events SET ticket = 1")
            try await sale.expectViolation(.payments, "the event still waits, but its ticket is decided")
            try await sale.execute("UPDATE payment_events SET ticket = 9, applied_at = NOW(6)")
            try await sale.expectViolation(.payments, "only an event that waits has no time of its effect")
        }
    }

    @Test("8: a hold and an unpaid order that ran out before their time", arguments: [Checkout.hold, .payment])
    func early(_ checkout: Checkout) async throws {
        try await Sale.with { sale in
            let (product, lease) = try await sale.servedSale(checkout)
            try await sale.makeDue(try sale.order(product, 1))
            try await sale.age(try sale.order(product, 2))
            try await sale.sweep(lease)
            let row = try await sale.expectViolation(.times, "the order ran out before its time")
            #expect(row["ticket"] == "1")
        }
    }

    @Test("8: an order that lives on past its time although a worker has the lease")
    func late() async throws {
        try await Sale.with { sale in
            let (product, _) = try await sale.servedSale(.hold)
            try await sale.age(try sale.order(product, 2))
            let row = try await sale.expectViolation(.times, "the order lives on after its time")
            #expect(row["ticket"] == "2" && row["worker"] == "test")
            try await sale.books.releaseLeases(worker: "test")
            try await sale.expectClean()
        }
    }

    @Test("9: stray keys, carts without an end, marks of nobody, a last ticket below MariaDB's")
    func leftovers() async throws {
        try await Sale.with { sale in
            let (product, _) = try await sale.servedSale(.instant, stock: 5)
            _ = try await sale.redis.send(RedisCommand("SET", key: "someone:else", ["1"]))
            #expect(try await sale.expectViolation(.leftovers, "the key is none of ours")["key"] == "someone:else")
            _ = try await sale.redis.send(RedisCommand("DEL", key: "someone:else"))
            let cart = "cart_item:ann:{\(product)}"
            _ = try await sale.redis.send(RedisCommand("SET", key: cart, ["1:1:1"]))
            #expect(try await sale.expectViolation(.leftovers, "the cart has no TTL")["key"] == cart)
            _ = try await sale.redis.send(RedisCommand("DEL", key: cart))
            _ = try await sale.redis.send(RedisCommand("SADD", key: "flash_sale_left:{\(product)}", ["2"]))
            try await sale.expectViolation(.leftovers, "people are marked as left, and nobody is in line")
            _ = try await sale.redis.send(RedisCommand("DEL", key: "flash_sale_left:{\(product)}"))
            _ = try await sale.redis.send(RedisCommand("HSET", key: "flash_sale:{\(product)}", ["last_ticket", "2"]))
            let row = try await sale.expectViolation(
                .leftovers,
                "the line has handed out fewer tickets than were decided"
            )
            #expect(row["last_ticket"] == "2" && row["last_decided"] == "3")
        }
    }

    @Test("10: a dead letter that has an order, and one without a reason")
    func deadLetters() async throws {
        try await Sale.with { sale in
            let (product, _) = try await sale.servedSale(.instant)
            let id = MariaDBValue.integer(product.rawValue)
            let insert = "INSERT INTO dead_letters (product_id, batch, position, raw, reason) VALUES (?, 1, ?, ?, ?)"
            try await sale.execute(insert, [id, 1, .bytes([0xFF, 0x00, 0x3A]), "unreadable"])
            try await sale.expectClean()
            try await sale.execute(insert, [id, 2, .bytes(Array("1:2:1:bob".utf8)), "1264"])
            let row = try await sale.expectViolation(.deadLetters, "the dead letter's entry has an order")
            #expect(row["ticket"] == "2" && row["user"] == "bob")
            try await sale.execute("DELETE FROM dead_letters WHERE position = 2")
            try await sale.execute("UPDATE dead_letters SET reason = ''")
            try await sale.expectViolation(.deadLetters, "the dead letter lacks a reason or its attempts")
        }
    }

    @Test("All violations are counted, the first rows are shown")
    func manyRows() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 100).id
            let lease = try await sale.lease(product)
            for number in 1...60 { try await sale.join(product, "user\(number)") }
            try await sale.serve(lease)
            try await sale.execute("UPDATE orders SET currency = 'EUR', paid_at = NOW(6)")
            let report = try await Audit(redis: sale.redis, database: sale.database, rowLimit: 3).run()
            #expect(report.violations == 60 && report.invariants[6].violations == 60)
            #expect(report.invariants[6].rows.count == 3)
        }
    }
}
