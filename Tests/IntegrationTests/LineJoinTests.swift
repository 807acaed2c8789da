import FlashSale
import FlashSaleStorage
import Foundation
import Redis
import Resilience
import TestSupport
import Testing

/// Joining, asking and leaving, on a real Redis.
@Suite("The line: joining")
struct LineJoinTests {
    @Test("Tickets count up from 1, and a position is the ticket minus the served one")
    func tickets() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            for number in 1...3 {
                let standing = try await sale.join(product.id, "user\(number)")
                #expect(standing.ticket.rawValue == Int64(number))
                #expect(standing.position == Int64(number))
                #expect(standing.order.description == "\(product.id)-\(number)")
                #expect(standing.cartExpiresAt != nil)
            }
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease, limit: 1), lease)
            #expect(try await sale.standing(product.id, "user3")?.position == 2)
        }
    }

    @Test("The keys have the names and forms that are documented")
    func keys() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            try await sale.join(product.id, "Ann", quantity: 2)
            let id = product.id
            let replies = try await sale.redis.send([
                RedisCommand("LRANGE", key: "flash_sale_queue:{\(id)}", ["0", "-1"]),
                RedisCommand("GET", key: "cart_item:ann:{\(id)}"),
                RedisCommand("TTL", key: "cart_item:ann:{\(id)}"),
                RedisCommand("HGET", key: "flash_sale:{\(id)}", ["last_ticket"]),
                RedisCommand("GET", key: "flash_sale_stock:{\(id)}"),
            ])
            #expect(try replies[0].array().map { try $0.string() } == ["1:1:2:ann"])
            #expect(try replies[1].string() == "1:1:2")
            #expect((1...300).contains(try replies[2].integer()))
            #expect(try replies[3].string() == "1")
            #expect(try replies[4].string() == "5")
            let lease = try await sale.lease(id)
            let claim = try await sale.claim(lease)
            let processing = RedisCommand("LRANGE", key: "flash_sale_processing:{\(id)}", ["0", "-1"])
            #expect(try await sale.redis.send(processing).array().map { try $0.string() } == ["live 1:1:2:ann"])
            try await sale.settle(claim, lease)
            let outcome = RedisCommand("HGET", key: "flash_sale_outcome:{\(id)}", ["ann"])
            #expect(try await sale.redis.send(outcome).string() == "1:1:2:completed:1")
            let exists = RedisCommand("EXISTS", keys: ["cart_item:ann:{\(id)}", "flash_sale_processing:{\(id)}"], [])
            #expect(try await sale.redis.send(exists).integer() == 0)
        }
    }

    @Test("Joining again finds the same place, whatever the quantity and the spelling; the place is kept")
    func again() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            try await sale.join(product.id, "zoe")
            let first = try await sale.join(product.id, "ann")
            for (user, quantity) in [("ann", 1), ("ANN", 2), ("Ann", 1)] {
                guard case .alreadyInLine(let standing) = try await sale.answer(product.id, user, quantity: quantity)
                else {
                    Issue.record("a second place")
                    return
                }
                #expect(standing.ticket == first.ticket)
                #expect(standing.quantity == 1)
                #expect(standing.position == 2)
            }
            #expect(
                try await sale.redis.send(RedisCommand("LLEN", key: "flash_sale_queue:{\(product.id)}")).integer() == 2
            )
        }
    }

    @Test("200 calls of one user at once: one ticket, ten answers, clear refusals; the first call is free")
    func rateLimit() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            let line = sale.line(repeatedCallsPerMinute: 10)
            let request = JoinRequest(product: product.id, user: try UserID("ann"), quantity: 1)
            let answers = try await withThrowingTaskGroup(of: JoinAnswer.self) { group in
                for _ in 0..<200 { group.addTask { try await line.join(request) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let joined = answers.filter { if case .joined = $0 { true } else { false } }
            let known = answers.filter {
                if case .alreadyInLine(let place) = $0 { place.ticket.rawValue == 1 } else { false }
            }
            let limited = answers.filter {
                if case .refused(.rateLimited(let seconds)) = $0 { (1...60).contains(seconds) } else { false }
            }
            #expect(joined.count == 1)
            #expect(known.count == 10)
            #expect(limited.count == 189)
            // Others do not pay for it, and a refused call does not make the wait longer.
            let other = try await line.join(JoinRequest(product: product.id, user: try UserID("bob"), quantity: 1))
            guard case .joined = other else { throw UnexpectedAnswer(description: "\(other)") }
            let rate = "flash_sale_rate:ann:{\(product.id)}"
            try await sale.redis.send(RedisCommand("PEXPIRE", key: rate, ["5000"])).integer().expect(1)
            _ = try await line.join(request)
            #expect(try await sale.redis.send(RedisCommand("PTTL", key: rate)).integer() <= 5_000)
        }
    }

    @Test("A sale that is not there, not open, closed, paused or full says so, and keeps nothing")
    func refusals() async throws {
        try await Sale.with { sale in
            let unknown = try #require(ProductID(999))
            #expect(try await sale.answer(unknown, "ann") == .refused(.unknownProduct))

            let later = try #require(Timestamp(rfc3339: "2999-01-01T00:00:00Z"))
            let upcoming = try await sale.product(opensAt: later)
            #expect(try await sale.answer(upcoming.id, "ann") == .refused(.notOpenYet(opensAt: later)))

            let earlier = try #require(Timestamp(rfc3339: "2020-01-01T00:00:00Z"))
            let closed = try await sale.product(closesAt: earlier)
            #expect(try await sale.answer(closed.id, "ann") == .refused(.closed(closedAt: earlier)))

            let paused = try await sale.product()
            _ = try await sale.admin.setPaused(paused.id, true)
            #expect(try await sale.answer(paused.id, "ann") == .refused(.paused))
            _ = try await sale.admin.setPaused(paused.id, false)
            try await sale.join(paused.id, "ann")

            let small = try await sale.product(limits: Product.Limits(maxPerUser: 2, maxQueue: 2))
            #expect(try await sale.answer(small.id, "ann", quantity: 3) == .refused(.quantityTooHigh(maximum: 2)))
            try await sale.join(small.id, "ann", quantity: 2)
            try await sale.join(small.id, "bob")
            #expect(try await sale.answer(small.id, "cat") == .refused(.queueFull(maximum: 2)))
            guard case .alreadyInLine = try await sale.answer(small.id, "bob") else {
                throw UnexpectedAnswer(description: "a full line forgot who waits")
            }
            let refused = [
                "flash_sale_queue:{\(upcoming.id)}", "flash_sale_queue:{\(closed.id)}", "cart_item:cat:{\(small.id)}",
            ]
            #expect(try await sale.redis.send(RedisCommand("EXISTS", keys: refused, [])).integer() == 0)
        }
    }

    @Test("Whoever has an order is told so, and gets no second place")
    func alreadyDecided() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            try await sale.join(product.id, "ann")
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease), lease)
            guard case .alreadyDecided(let standing) = try await sale.answer(product.id, "ann") else {
                throw UnexpectedAnswer(description: "a second place after the purchase")
            }
            #expect(standing.status == .completed)
            #expect(standing.ticket.rawValue == 1)
            // Without the cached outcome the line can't know; the books refuse then.
            _ = try await sale.redis.send(RedisCommand("DEL", key: "flash_sale_outcome:{\(product.id)}"))
            try await sale.join(product.id, "ann")
            let settled = try await sale.settle(try await sale.claim(lease), lease)
            #expect(settled.decisions.map(\.status) == [.alreadyPurchased])
            let order = OrderID(product: product.id, ticket: standing.ticket)
            #expect(try await sale.answer(product.id, "ann") == .refused(.alreadyPurchased(order: order)))
            #expect(try await sale.standing(product.id, "ann")?.order == order)
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("Leaving gives the place up once; joining again is a new place at the back")
    func leaving() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            let ann = try UserID("ann")
            #expect(try await sale.line().leave(product.id, user: ann) == .notInLine)
            try await sale.join(product.id, "ann")
            try await sale.join(product.id, "bob")
            #expect(try await sale.line().leave(product.id, user: ann) == .left)
            #expect(try await sale.line().leave(product.id, user: ann) == .left)
            #expect(try await sale.standing(product.id, "ann")?.status == .left)
            #expect(try await sale.join(product.id, "ann").ticket.rawValue == 3)
            let lease = try await sale.lease(product.id)
            let settled = try await sale.settle(try await sale.claim(lease), lease)
            #expect(settled.decisions.map(\.status) == [.left, .completed, .completed])
            #expect(try await sale.line().leave(product.id, user: ann) == .alreadyDecided(.completed))
            let left = RedisCommand("EXISTS", key: "flash_sale_left:{\(product.id)}")
            #expect(try await sale.redis.send(left).integer() == 0)
        }
    }

    @Test("An entry that is being served can't be left any more")
    func leavingTooLate() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            try await sale.join(product.id, "ann")
            let lease = try await sale.lease(product.id)
            let claim = try await sale.claim(lease)
            #expect(try await sale.line().leave(product.id, user: try UserID("ann")) == .alreadyDecided(nil))
            #expect(try await sale.settle(claim, lease).decisions.map(\.status) == [.completed])
        }
    }

    @Test("A poll renews a cart with less than half of its life left, and only then")
    func renewal() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(limits: Product.Limits(cartSeconds: 100))
            try await sale.join(product.id, "ann")
            let cart = "cart_item:ann:{\(product.id)}"
            let line = sale.line()
            let ann = try UserID("ann")
            func life(after seconds: Int, renews: Bool) async throws -> Int64 {
                _ = try await sale.redis.send(RedisCommand("EXPIRE", key: cart, [RedisArgument(seconds)]))
                _ = try await line.standing(of: ann, for: product.id, renewsCart: renews)
                return try await sale.redis.send(RedisCommand("TTL", key: cart)).integer()
            }
            #expect(try await life(after: 40, renews: true) > 60)
            #expect(try await life(after: 80, renews: true) <= 80)
            #expect(try await life(after: 40, renews: false) <= 40)
        }
    }

    @Test(
        "A cart that ran out loses the place; the same user may stand at the back again, and the old entry harms nobody"
    )
    func expiry() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2)
            try await sale.join(product.id, "ann")
            try await sale.join(product.id, "bob")
            _ = try await sale.redis.send(RedisCommand("DEL", key: "cart_item:ann:{\(product.id)}"))
            #expect(try await sale.standing(product.id, "ann") == nil)
            #expect(try await sale.join(product.id, "ann").ticket.rawValue == 3)
            let lease = try await sale.lease(product.id)
            let settled = try await sale.settle(try await sale.claim(lease), lease)
            #expect(settled.decisions.map(\.status) == [.cartExpired, .completed, .completed])
            // The outcome of the older ticket does not hide that of the younger one.
            #expect(try await sale.standing(product.id, "ann")?.status == .completed)
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("Entries whose carts ran out leave the room as soon as the line passes them")
    func expiredEntriesLeaveTheRoom() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(limits: Product.Limits(maxQueue: 3))
            for user in ["a", "b", "c"] {
                try await sale.join(product.id, user)
                _ = try await sale.redis.send(RedisCommand("DEL", key: "cart_item:\(user):{\(product.id)}"))
            }
            #expect(try await sale.answer(product.id, "d") == .refused(.queueFull(maximum: 3)))
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease), lease)
            #expect(try await sale.join(product.id, "d").position == 1)
        }
    }

    @Test("A full Redis takes nobody in, and still drains")
    func fullRedis() async throws {
        let redis = try await TestRedis.start(arguments: ["--maxmemory-policy", "noeviction"])
        let database = try await TestMariaDB.shared()
        let stores = Sale.clients(redis, database)
        let sale = Sale(stores: stores, redisServer: redis, databaseServer: database)
        try await stores.whileRunning {
            try await stores.redis.waitUntilReady(within: .seconds(20))
            _ = try await Migrator(database: stores.database).migrate()
            let product = try await sale.product()
            try await sale.join(product.id, "ann")
            _ = try await stores.redis.send(RedisCommand("CONFIG", ["SET", "maxmemory", "1"]))
            await #expect(throws: StoreUnavailable.self) { try await sale.answer(product.id, "bob") }
            #expect(try await sale.standing(product.id, "ann")?.status == .queued)
            let lease = try await sale.lease(product.id)
            #expect(try await sale.settle(try await sale.claim(lease), lease).decisions.map(\.status) == [.completed])
            #expect(try await sale.standing(product.id, "ann")?.status == .completed)
            _ = try await stores.redis.send(RedisCommand("CONFIG", ["SET", "maxmemory", "0"]))
            #expect(try await sale.join(product.id, "bob").ticket.rawValue == 2)
        }
        try await redis.stop()
    }
}

extension Int64 {
    fileprivate func expect(_ expected: Int64) { #expect(self == expected) }
}
