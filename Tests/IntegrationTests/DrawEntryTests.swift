import FlashSale
import FlashSaleStorage
import Redis
import Resilience
import TestSupport
import Testing

/// Entering a draw: the same calls as joining any line.
@Suite("The draw: entering")
struct DrawEntryTests {
    @Test("Whoever joins before the draw enters: a number, no place, and how many have entered")
    func entering() async throws {
        try await Sale.with { sale in
            let product = try await sale.drawnProduct()
            let drawAt = try #require(product.access.draw?.drawAt)
            let ann = try await sale.join(product.id, "ann", quantity: 2)
            #expect(ann.status == .entered && ann.ticket.rawValue == 1 && ann.quantity == 2 && ann.position == nil)
            #expect(ann.draw == PendingDraw(entrants: 1, drawAt: drawAt) && ann.saleState == .open)
            let bob = try await sale.join(product.id, "bob")
            #expect(bob.ticket.rawValue == 2 && bob.draw?.entrants == 2)

            // Each call is a new process's: whoever knows nothing of the draw finds it.
            guard case .alreadyInLine(let again) = try await sale.answer(product.id, "ann") else {
                throw UnexpectedAnswer(description: "ann has entered twice")
            }
            #expect(again.ticket == ann.ticket && again.quantity == 2 && again.draw?.entrants == 2)
            let standing = try #require(try await sale.standing(product.id, "ann"))
            #expect(standing.status == .entered && standing.draw?.entrants == 2)
            #expect(try await sale.standing(product.id, "nobody") == nil)
            let progress = try await sale.line().look(at: product.id, for: []).progress
            #expect(progress.saleState == .open && progress.draw == PendingDraw(entrants: 2, drawAt: drawAt))
            try await sale.expectClean()
        }
    }

    @Test("Leaving takes the entry back; entering again is a new number")
    func leaving() async throws {
        try await Sale.with { sale in
            let product = try await sale.drawnProduct().id
            let line = sale.line()
            try await sale.join(product, "ann")
            try await sale.join(product, "bob")
            let ann = try UserID("ann")
            #expect(try await line.leave(product, user: ann) == .left)
            #expect(try await sale.line().leave(product, user: ann) == .left)
            #expect(try await sale.line().leave(product, user: try UserID("nobody")) == .notInLine)
            #expect(try await sale.standing(product, "ann")?.status == .left)
            #expect(try await sale.standing(product, "bob")?.draw?.entrants == 1)
            let again = try await sale.join(product, "ann")
            #expect(again.status == .entered && again.ticket.rawValue == 3 && again.draw?.entrants == 2)
            try await sale.expectClean()
        }
    }

    @Test("Refusals before the draw: not open yet, paused, too many units, as many as may enter, too often")
    func refusals() async throws {
        try await Sale.with { sale in
            let far = Timestamp(milliseconds: 4_000_000_000_000)
            let opensAt = Timestamp(milliseconds: far.milliseconds - 1)
            let upcoming = try await sale.product(opensAt: opensAt, access: .draw(DrawTerms(drawAt: far)))
            #expect(try await sale.answer(upcoming.id, "ann") == .refused(.notOpenYet(opensAt: opensAt)))

            let limits = Product.Limits(maxPerUser: 2, maxQueue: 2)
            let product = try await sale.drawnProduct(limits: limits).id
            #expect(try await sale.answer(product, "ann", quantity: 3) == .refused(.quantityTooHigh(maximum: 2)))
            try await sale.join(product, "ann")
            try await sale.join(product, "bob")
            #expect(try await sale.answer(product, "cid") == .refused(.queueFull(maximum: 2)))
            _ = try await sale.line().leave(product, user: try UserID("bob"))
            try await sale.join(product, "cid")

            let strict = sale.line(repeatedCallsPerMinute: 1)
            let ann = JoinRequest(product: product, user: try UserID("ann"), quantity: 1)
            guard case .alreadyInLine = try await strict.join(ann) else {
                throw UnexpectedAnswer(description: "the first repeated call is free")
            }
            guard case .refused(.rateLimited) = try await strict.join(ann) else {
                throw UnexpectedAnswer(description: "the second one is not")
            }
            _ = try await sale.admin.setPaused(product, true)
            _ = try await sale.line().leave(product, user: try UserID("cid"))
            #expect(try await sale.answer(product, "dan") == .refused(.paused))
        }
    }

    @Test(
        "After the draw's time nobody enters: whoever has entered keeps the entry, whoever has not gets a place behind"
    )
    func afterTheTime() async throws {
        try await Sale.with { sale in
            let product = try await sale.drawnProduct().id
            try await sale.join(product, "ann")
            try await sale.endEntering(product)
            let late = try await sale.join(product, "late")
            #expect(late.status == .queued && late.ticket.rawValue == 2)
            guard case .alreadyInLine(let ann) = try await sale.answer(product, "ann") else {
                throw UnexpectedAnswer(description: "ann has lost her entry")
            }
            #expect(ann.status == .entered && ann.ticket.rawValue == 1)
            // However Redis's clock goes: once somebody has a place, nobody enters any more.
            _ = try await sale.redis.send(
                RedisCommand("HSET", key: "flash_sale:{\(product)}", ["draw_at", "4000000000000"])
            )
            let later = try await sale.join(product, "later")
            #expect(later.status == .queued && later.ticket.rawValue == 3)
        }
    }

    @Test("A script that knows nothing of draws takes nobody in, and changes nothing for another product")
    func otherScripts() async throws {
        try await Sale.with { sale in
            let drawn = try await sale.drawnProduct().id
            let plain = try await sale.product().id
            let line = sale.line()
            for (product, status) in [(drawn, PurchaseStatus.entered), (plain, .queued)] {
                let request = JoinRequest(product: product, user: try UserID("ann"), quantity: 1)
                guard case .joined(let standing) = try await line.join(request) else {
                    throw UnexpectedAnswer(description: "ann did not join product \(product)")
                }
                #expect(standing.status == status)
            }
            let sale = try await sale.redis.send(RedisCommand("HGETALL", key: "flash_sale:{\(plain)}"))
            let fields = try sale.array().map { try $0.string() }
            #expect(!fields.contains("draw_at") && !fields.contains("entrants"))
        }
    }

    @Test("The price stays as it is until the draw")
    func price() async throws {
        try await Sale.with { sale in
            let product = try await sale.drawnProduct()
            let price = try #require(Money(minorUnits: 1, currency: product.price.currency))
            await #expect(throws: InvalidValue.self) { _ = try await sale.admin.setPrice(product.id, price) }
        }
    }
}
