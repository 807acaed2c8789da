import FlashSale
import FlashSaleStorage
import Foundation
import Redis
import Resilience
import TestSupport
import Testing

/// How a line is watched: one look for its progress and for some who wait in it.
@Suite("The line: looks")
struct LineLookTests {
    private func watched(_ user: String, awaited: Int64? = nil, renews: Bool = false) throws -> WatchedUser {
        WatchedUser(user: try UserID(user), awaited: awaited.flatMap { Ticket($0) }, renewsCart: renews)
    }

    @Test("The pace counts what was decided, while somebody waited; an empty and a paused line do not stand still")
    func pace() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 100)
            #expect(try await sale.line().look(at: product.id, for: []).progress.pace == RecentPace())
            for number in 1...30 { try await sale.join(product.id, "user\(number)") }
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease, limit: 10), lease)
            let moving = try await sale.line().look(at: product.id, for: []).progress
            #expect(moving.pace.buckets.reduce(0) { $0 + $1.tickets } == 10)
            #expect(moving.servedTicket == 10 && moving.lastTicket == 30 && moving.availableStock == 90)
            try await eventually("the line stands still") {
                try await sale.line().look(at: product.id, for: []).progress.pace.standstill > .milliseconds(30)
            }
            _ = try await sale.admin.setPaused(product.id, true)
            let answer = try await sale.served.claim(product.id, fence: lease.fence, limit: 10, dropLimit: 10)
            #expect(answer == .paused)
            let paused = try await sale.line().look(at: product.id, for: []).progress
            #expect(paused.saleState == .paused)
            #expect(paused.pace.standstill == .zero)
            _ = try await sale.admin.setPaused(product.id, false)
            try await sale.settle(try await sale.claim(lease, limit: 20), lease)
            let empty = try await sale.line().look(at: product.id, for: []).progress
            #expect(empty.pace.buckets.reduce(0) { $0 + $1.tickets } == 30)
            #expect(empty.pace.standstill == .zero)
            #expect(WaitEstimate(empty.pace).map { $0.ticketsPerSecond > 0 } ?? true)
            let life = try await sale.redis.send(RedisCommand("TTL", key: "flash_sale_pace:{\(product.id)}"))
            #expect((1...600).contains(try life.integer()))
            #expect(
                try await sale.redis.send(RedisCommand("HLEN", key: "flash_sale_pace:{\(product.id)}")).integer() <= 37
            )
        }
    }

    @Test("Old buckets make room for new ones; what can't be read says nothing")
    func oldBuckets() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 100)
            let key = "flash_sale_pace:{\(product.id)}"
            let now = Int(Date().timeIntervalSince1970)
            for (field, value) in [
                ("\(now / 5 - 1)", "7:5000"), ("\(now / 5 - 200)", "9:5000"), ("\(now / 5 - 2)", "x"),
            ] {
                _ = try await sale.redis.send(
                    RedisCommand("HSET", key: key, [RedisArgument(field), RedisArgument(value)])
                )
            }
            let before = try await sale.line().look(at: product.id, for: []).progress.pace
            #expect(before.buckets.map(\.tickets) == [7])
            try await sale.join(product.id, "ann")
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease), lease)
            let exists = RedisCommand("HEXISTS", key: key, [RedisArgument("\(now / 5 - 200)")])
            #expect(try await sale.redis.send(exists).integer() == 0)
            let after = try await sale.line().look(at: product.id, for: []).progress.pace
            #expect(after.buckets.map(\.tickets).reduce(0, +) == 8)
        }
    }

    @Test("A look reads those who are decided, and those it has to; it renews carts, and names who left")
    func standings() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 100)
            for user in ["ann", "bob", "cay", "dan"] { try await sale.join(product.id, user) }
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease, limit: 1), lease)
            _ = try await sale.line().leave(product.id, user: try UserID("dan"))
            let cart = "cart_item:cay:{\(product.id)}"
            _ = try await sale.redis.send(RedisCommand("PEXPIRE", key: cart, ["20000"]))
            let look = try await sale.line().look(
                at: product.id,
                for: [
                    try watched("ann", awaited: 1), try watched("bob", awaited: 2), try watched("cay", renews: true),
                    try watched("nobody"),
                ]
            )
            #expect(look.standings[try UserID("ann")]??.status == .completed)
            #expect(look.standings[try UserID("bob")] == nil)
            #expect(look.standings[try UserID("cay")]??.position == 2)
            #expect(look.standings[try UserID("nobody")] == .some(nil))
            #expect(look.left.map(\.rawValue) == [4])
            #expect(try await sale.redis.send(RedisCommand("PTTL", key: cart)).integer() > 20_000)
            // It says what the standing itself says.
            let alone = try await sale.standing(product.id, "ann")
            #expect(look.standings[try UserID("ann")] == alone)
        }
    }

    @Test("A line that Redis does not have is unknown")
    func unknown() async throws {
        try await Sale.with { sale in
            let product = try #require(ProductID(4_711))
            await #expect(throws: UnknownSale.self) { try await sale.line().look(at: product, for: []) }
        }
    }
}
