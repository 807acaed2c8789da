import FlashSale
import HTTPTypes
import Testing

@Suite("Refusals of the line")
struct JoinRefusalTests {
    private static func time(_ seconds: Int64) -> Timestamp {
        Timestamp(microseconds: Shop.noon.microseconds + seconds * 1_000_000)
    }

    /// Joins as alice; every refusal has to leave the line as it is.
    private func refusal(of shop: Shop, _ body: String = #"{"user_id":"alice"}"#) async throws -> Answer {
        let before = shop.line.changes
        let answer = try await shop.test { try await $0.join(body) }
        #expect(shop.line.changes == before)
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.contentType] == "application/problem+json")
        return answer
    }

    @Test("A product that nobody knows is 404")
    func unknownProduct() async throws {
        var shop = try Shop()
        shop.catalogue = MemoryCatalogue()
        shop.otherLine = MemoryLine(now: Shop.noon)
        let answer = try await refusal(of: shop)
        #expect(answer.status == 404)
        #expect(answer.code == "product_not_found")
    }

    @Test("A known product without a line is being reopened: 503")
    func reopening() async throws {
        var shop = try Shop()
        shop.otherLine = MemoryLine(now: Shop.noon)
        let answer = try await refusal(of: shop)
        #expect(answer.status == 503)
        #expect(answer.code == "unavailable")
        #expect(answer.headers[.retryAfter] == "1")
    }

    @Test(
        "Before the opening: 409 with its time, and with Retry-After when it is near",
        arguments: [(1, "1"), (90, "90"), (3_600, "3600"), (3_601, nil), (86_400, nil)] as [(Int64, String?)]
    )
    func notOpenYet(seconds: Int64, retryAfter: String?) async throws {
        let shop = try Shop(try Shop.product(opensAt: Self.time(seconds)))
        let answer = try await refusal(of: shop)
        #expect(answer.status == 409)
        #expect(answer.code == "sale_not_open")
        #expect(answer.json["opens_at"] as? String == Self.time(seconds).description)
        #expect(answer.headers[.retryAfter] == retryAfter)
    }

    @Test("Part of a second counts as a whole one")
    func retryAfterIsRoundedUp() async throws {
        let opening = Timestamp(microseconds: Shop.noon.microseconds + 1)
        let answer = try await refusal(of: try Shop(try Shop.product(opensAt: opening)))
        #expect(answer.headers[.retryAfter] == "1")
    }

    @Test("After the closing: 409")
    func closed() async throws {
        let answer = try await refusal(of: try Shop(try Shop.product(closesAt: Self.time(-1))))
        #expect(answer.status == 409)
        #expect(answer.code == "sale_closed")
        #expect(answer.json["closes_at"] as? String == Self.time(-1).description)
        #expect(answer.headers[.retryAfter] == nil)
    }

    @Test("While paused: 503, come back in 5 s")
    func paused() async throws {
        let answer = try await refusal(of: try Shop(try Shop.product(isPaused: true)))
        #expect(answer.status == 503)
        #expect(answer.code == "paused")
        #expect(answer.headers[.retryAfter] == "5")
    }

    @Test("Sold out: 409, for good")
    func soldOut() async throws {
        let answer = try await refusal(of: try Shop(try Shop.product(soldOutAfter: 9)))
        #expect(answer.status == 409)
        #expect(answer.code == "sold_out")
        #expect(answer.headers[.retryAfter] == nil)
    }

    @Test("Already bought: 409 with the order, if it is known", arguments: ["1-7", nil])
    func alreadyPurchased(order: String?) async throws {
        var shop = try Shop()
        shop.otherLine = RefusingLine(refusal: .alreadyPurchased(order: order.flatMap { OrderID(text: $0) }))
        let answer = try await refusal(of: shop)
        #expect(answer.status == 409)
        #expect(answer.code == "already_purchased")
        #expect(answer.json["order_id"] as? String == order)
    }

    @Test("More than one user may order: 422 that says how many are right")
    func quantityTooHigh() async throws {
        let answer = try await refusal(of: try Shop(), #"{"user_id":"alice","quantity":3}"#)
        #expect(answer.status == 422)
        #expect(answer.code == "invalid_field")
        #expect(answer.badFields == ["quantity"])
        #expect(answer.text.contains("Send a whole number from 1 to 2"))
    }

    @Test("A full line: 503 with how many may wait, come back in 5 s")
    func queueFull() async throws {
        let shop = try Shop(try Shop.product(maxQueue: 1))
        let first = try await shop.test { try await $0.join(#"{"user_id":"bob"}"#) }
        #expect(first.status == 202)
        let answer = try await refusal(of: shop)
        #expect(answer.status == 503)
        #expect(answer.code == "queue_full")
        #expect(answer.json["max_queue"] as? Int == 1)
        #expect(answer.headers[.retryAfter] == "5")
    }

    @Test("Asked too often: 429 with the time to wait")
    func rateLimited() async throws {
        let shop = try Shop()
        shop.line.limit(.alice)
        let answer = try await refusal(of: shop)
        #expect(answer.status == 429)
        #expect(answer.code == "rate_limited")
        #expect(answer.headers[.retryAfter] == "17")
    }
}
