import FlashSale
import FlashSaleStorage
import FlashSaleWorker
import MariaDB
import Redis
import Resilience
import TestSupport
import Testing

/// What the shop does about data that is lost, entries that break things, and stores that are away.
@Suite("Recovery")
struct RecoveryTests {
    @Test("An entry that the books can't take is found in its batch and put aside; everybody else is served in order")
    func poisonForTheBooks() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 10)
            try await sale.refuseDecisions(of: "poison")
            for user in ["ann", "bob", "poison", "cid", "dan"] { try await sale.join(product.id, user) }
            try await withWorkers(1, on: sale) {
                try await sale.waitForOrders(product.id, .completed, count: 4)
                try await eventually("the poison is put aside") {
                    try await sale.standing(product.id, "poison")?.status == .failed
                }
                // Batches are whole again after the one that was taken apart.
                try await sale.joinCrowd(product.id, prefix: "after", count: 6)
                try await sale.waitForOrders(product.id, .completed, count: 10)
            }
            let letter = try await sale.count(
                "SELECT COUNT(*) FROM dead_letters WHERE raw = ? AND attempts = 1",
                [.bytes(Array("1:3:1:poison".utf8))]
            )
            #expect(letter == 1)
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("An entry that kills its worker each time is put aside after three claims of the batch and three of its own")
    func poisonForTheWorker() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 10)
            for user in ["ann", "poison", "bob"] { try await sale.join(product.id, user) }
            var deaths = 0
            // A worker that dies leaves a claimed batch, and nothing else.
            while deaths < 20, try await sale.standing(product.id, "poison")?.status == .queued {
                let lease = try await sale.lease(product.id, worker: "worker-\(deaths)", for: .microseconds(1))
                let answer = try await sale.served.claim(product.id, fence: lease.fence, limit: 50, dropLimit: 10)
                guard case .claimed(let claim) = answer else { break }
                if claim.entries.contains(where: { $0.user.rawValue == "poison" }), claim.attempts <= 3 {
                    deaths += 1
                    continue
                }
                // The production worker's own reaction, from the same claim on.
                try await withWorkers(1, on: sale) {
                    try await eventually("the claim is finished") {
                        let number = RedisCommand("HGET", key: "flash_sale:{\(product.id)}", ["claim"])
                        let current = try await sale.redis.send(number).string()
                        let processing = RedisCommand("LLEN", key: "flash_sale_processing:{\(product.id)}")
                        let left = try await sale.redis.send(processing).integer()
                        return current != "\(claim.number)" || left == 0
                    }
                }
            }
            #expect((3..<20).contains(deaths))
            try await withWorkers(1, on: sale) {
                try await eventually("everybody is decided") {
                    let report = try await sale.admin.queue(of: product.id)
                    return report.waiting + report.processing == 0
                }
            }
            for user in ["ann", "bob"] { #expect(try await sale.standing(product.id, user)?.status == .completed) }
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test(
        "A Redis with fewer tickets than the API has handed out is an older copy: 503, a recorded loss, higher tickets"
    )
    func olderCopyFoundByTheAPI() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            let line = sale.line()
            let join = { @Sendable (user: String) in
                try await line.join(JoinRequest(product: product.id, user: UserID(user), quantity: 1))
            }
            _ = try await join("ann")
            let snapshot = try await sale.snapshot(product.id)
            for user in ["bob", "cid"] { _ = try await join(user) }
            try await sale.restore(snapshot)
            #expect(try await join("dan") == .refused(.unknownProduct))
            try await withWorkers(1, on: sale) {
                try await eventually("the line is open again") {
                    if case .joined(let standing) = try await join("dan") {
                        standing.ticket.rawValue > 1_000_000
                    } else {
                        false
                    }
                }
            }
            let lost =
                "SELECT COUNT(*) FROM ticket_ranges WHERE outcome = 'lost' AND from_ticket <= 2 AND to_ticket >= 3"
            #expect(try await sale.count(lost) == 1)
        }
    }

    @Test("A Redis with fewer tickets than are decided is an older copy too, whoever notices first")
    func olderCopyFoundByTheWorker() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5, checkout: .payment)
            try await sale.join(product.id, "ann")
            let snapshot = try await sale.snapshot(product.id)
            for user in ["bob", "cid"] { try await sale.join(product.id, user) }
            let lease = try await sale.lease(product.id, for: .microseconds(1))
            try await sale.serve(lease)
            try await sale.restore(snapshot)
            try await withWorkers(1, on: sale) {
                try await eventually("new tickets start above") {
                    let user = "late-\(UInt32.random(in: 0...UInt32.max))"
                    guard case .joined(let standing) = try await sale.answer(product.id, user) else { return false }
                    return standing.ticket.rawValue > 1_000_000
                }
                // What was decided is shown again, although the copy did not have it.
                try await eventually("bob's order is shown") {
                    try await sale.standing(product.id, "bob")?.status == .pending
                }
            }
            let twice =
                "SELECT COUNT(*) FROM (SELECT ticket FROM decisions GROUP BY ticket HAVING COUNT(*) > 1) AS twice"
            #expect(try await sale.count(twice) == 0)
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("An older copy with the same tickets, which no number gives away, shows the stock as it is again")
    func olderCopyWithTheSameTickets() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            try await sale.serve(try await sale.lease(product.id, for: .microseconds(1)))
            let snapshot = try await sale.snapshot(product.id)
            try await withWorkers(1, on: sale, comparingEvery: .milliseconds(500)) {
                _ = try await sale.admin.withdraw(product.id, units: 5)
                // Nobody joins meanwhile: a ticket would give the older copy away.
                let showsSoldOut: @Sendable () async throws -> Bool = {
                    let sale = try await sale.redis.send(
                        RedisCommand("HMGET", key: "flash_sale:{\(product.id)}", ["available_stock", "sold_out_after"])
                    )
                    return try sale.array() == [.string(Array("0".utf8)), .string(Array("0".utf8))]
                }
                try await eventually("the line shows that everything is gone", showsSoldOut)
                try await sale.restore(snapshot)
                try await eventually("it shows so again", showsSoldOut)
                guard case .refused(.soldOut) = try await sale.answer(product.id, "ann") else {
                    Issue.record("ann was taken in")
                    return
                }
            }
        }
    }

    @Test(
        "Everything in Redis lost with 10,000 waiting: refused until the line is open again, and no number is given twice"
    )
    func everythingLost() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(
                stock: 1,
                checkout: .payment,
                limits: Product.Limits(maxQueue: 20_000)
            )
            try await withWorkers(1, on: sale) {
                let line = sale.line()
                var highest: Int64 = 0
                for start in stride(from: 0, to: 10_000, by: 500) {
                    let tickets = try await withThrowingTaskGroup(of: Int64.self) { group in
                        for number in start..<(start + 500) {
                            group.addTask {
                                let user = try UserID("user-\(number)")
                                let answer = try await line.join(
                                    JoinRequest(product: product.id, user: user, quantity: 1)
                                )
                                guard case .joined(let standing) = answer else { throw Unexpected() }
                                return standing.ticket.rawValue
                            }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    highest = max(highest, tickets.max() ?? 0)
                }
                #expect(highest == 10_000)
                try await sale.loseEverything()
                let began = ContinuousClock.now
                try await eventually("the line is open again") {
                    let answer = try await sale.answer(product.id, "late")
                    switch answer {
                    case .joined(let standing):
                        #expect(standing.ticket.rawValue > 10_000)
                        return true
                    case .refused(.unknownProduct): return false
                    default: throw Unexpected()
                    }
                }
                print("10,000 waiting, everything lost: open again after \(ContinuousClock.now - began)")
                try await eventually("the one order is shown again") {
                    try await sale.admin.orders(OrderPage(product: product.id)).asyncAllShown(sale)
                }
            }
            let lost = "SELECT COUNT(*) FROM ticket_ranges WHERE outcome = 'lost' AND to_ticket >= 10000"
            #expect(try await sale.count(lost) == 1)
        }
    }

    @Test("While the database only reads, nobody loses a place and nobody is put aside; afterwards all goes on")
    func readOnlyDatabase() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 3)
            // As a full disk or a read-only server looks from here: every decision fails, and not because of an entry.
            try await sale.execute(
                """
                CREATE TRIGGER no_space BEFORE INSERT ON decisions FOR EACH ROW
                SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1021, MESSAGE_TEXT = 'Disk full'
                """
            )
            for user in ["ann", "bob", "cid", "dan"] { try await sale.join(product.id, user) }
            try await withWorkers(2, on: sale) {
                try await eventually("the worker has tried") {
                    let attempts = RedisCommand("HGET", key: "flash_sale:{\(product.id)}", ["attempts"])
                    return try await sale.redis.send(attempts).optionalString() != nil
                }
                #expect(try await sale.standing(product.id, "ann")?.status == .queued)
                #expect(try await sale.count("SELECT COUNT(*) FROM dead_letters") == 0)
                try await sale.execute("DROP TRIGGER no_space")
                try await sale.waitForOrders(product.id, .completed, count: 3)
            }
            #expect(try await sale.count("SELECT COUNT(*) FROM dead_letters") == 0)
            try await sale.expectOrdersBalance(product.id)
        }
    }
}

/// What is shown again after a loss.
@Suite("Recovery: outcomes")
struct OutcomeRecoveryTests {
    @Test("After Redis has lost everything, those who got nothing hear of it again too, in pages")
    func rebuilt() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2)
            try await sale.joinCrowd(product.id, prefix: "gone", count: 2_100)
            // Their carts have run out, all but those of the last two.
            let carts = (0..<2_100).map { RedisCommand("UNLINK", key: "cart_item:gone-\($0):{\(product.id)}") }
            _ = try await sale.redis.send(carts)
            for user in ["ann", "bob"] { try await sale.join(product.id, user) }
            try await withWorkers(1, on: sale) {
                try await sale.waitForOrders(product.id, .completed, count: 2)
                try await eventually("the first is decided") {
                    try await sale.standing(product.id, "gone-0")?.status == .cartExpired
                }
                try await sale.loseEverything()
                for (user, status) in [
                    ("gone-0", PurchaseStatus.cartExpired), ("gone-999", .cartExpired), ("gone-1000", .cartExpired),
                    ("gone-2099", .cartExpired), ("ann", .completed), ("bob", .completed),
                ] {
                    try await eventually("\(user) is told again") {
                        (try? await sale.standing(product.id, user))?.status == status
                    }
                }
            }
            let mark = RedisCommand("HEXISTS", key: "flash_sale:{\(product.id)}", ["rebuild_after"])
            #expect(try await sale.redis.send(mark).integer() == 0)
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("Whoever was refused for an order that is over by now is shown that order; a younger ticket stays as it is")
    func pages() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5, checkout: .hold)
            try await sale.join(product.id, "ann")
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease), lease)
            // Ann in another session, as an older copy of Redis would let her: refused for the order she has.
            try await sale.execute(
                "INSERT INTO decisions VALUES (?, 2, 'ann', 1, 'already_purchased', 1, 1, 9, NOW(6))",
                [.integer(product.id.rawValue)]
            )
            let held = try await sale.books.outcomes(of: product.id, after: 0, limit: 10)
            #expect(held.lastTicket == nil)
            #expect(held.outcomes.map(\.status) == [.held, .alreadyPurchased])
            try await sale.execute("UPDATE orders SET status = 'expired', expires_at = NULL")
            let over = try await sale.books.outcomes(of: product.id, after: 1, limit: 1)
            #expect(over.lastTicket == 2)
            #expect(over.outcomes.map(\.status) == [.expired])
            #expect(over.outcomes.map(\.ticket.rawValue) == [1])
        }
    }
}

extension Sale {
    /// Makes the books refuse one user's decisions, as a value that can't be stored does.
    fileprivate func refuseDecisions(of user: String) async throws {
        try await execute(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON orders FOR EACH ROW
            IF NEW.user_id = '\(user)' THEN
                SIGNAL SQLSTATE '22003' SET MYSQL_ERRNO = 1264, MESSAGE_TEXT = 'Out of range value';
            END IF
            """
        )
    }

    /// The values of all our keys of a product, as Redis dumps them.
    fileprivate func snapshot(_ product: ProductID) async throws -> [String: [UInt8]] {
        var dumps: [String: [UInt8]] = [:]
        for key in try await keys() where key.hasSuffix("{\(product)}") {
            if let dump = try await redis.send(RedisCommand("DUMP", key: key)).optionalBytes() { dumps[key] = dump }
        }
        return dumps
    }

    /// Puts an older state back at once, as a replica does that has missed the latest writes.
    fileprivate func restore(_ snapshot: [String: [UInt8]]) async throws {
        let lost = try await keys().filter { snapshot[$0] == nil }.map { RedisCommand("UNLINK", key: $0) }
        let restored = snapshot.map { RedisCommand("RESTORE", key: $0, ["0", RedisArgument($1), "REPLACE"]) }
        let replies = try await redis.send([RedisCommand("MULTI")] + lost + restored + [RedisCommand("EXEC")])
        #expect(try replies.last?.array().count == lost.count + restored.count)
    }

    /// Removes every key of this test's database.
    fileprivate func loseEverything() async throws {
        let keys = try await keys().map { RedisArgument($0) }
        if !keys.isEmpty { _ = try await redis.send(RedisCommand("UNLINK", keys)) }
    }

    private func keys() async throws -> [String] {
        var keys: [String] = []
        var cursor = "0"
        repeat {
            let reply = try await redis.send(RedisCommand("SCAN", [RedisArgument(cursor), "COUNT", "10000"])).array()
            cursor = try reply[0].string()
            keys += try reply[1].array().map { try $0.string() }
        } while cursor != "0"
        return keys
    }
}

extension [Order] {
    /// Whether the line shows every one of these orders as it is.
    fileprivate func asyncAllShown(_ sale: Sale) async throws -> Bool {
        for order in self {
            let standing = try await sale.standing(order.id.product, order.user.rawValue)
            if standing?.status != order.status.purchaseStatus { return false }
        }
        return !isEmpty
    }
}
