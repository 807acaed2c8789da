import FlashSale
import HTTPTypes
import NIOConcurrencyHelpers
import NIOCore
import TestSupport
import Testing

@testable import FlashSaleAPI

@Suite("Progress")
struct ProgressTests {
    private static let path = "/api/products/1/progress"

    @Test("The document has what a page needs to show a line, in at most 512 bytes, and may be kept for a second")
    func document() async throws {
        let shop = try Shop()
        let bucket = RecentPace.Bucket(tickets: 255, waited: .seconds(10), age: .zero)
        shop.line.setPace(RecentPace(buckets: [bucket]), of: .first)
        try await shop.test { client in
            _ = try await client.join(#"{"user_id":"alice"}"#)
            let answer = try await client.send(.get, Self.path)
            #expect(answer.status == 200)
            #expect(
                answer.text == """
                    {"product_id":1,"sale_state":"open","stock_state":"available","available_stock":42,\
                    "served_ticket":0,"last_ticket":1,"tickets_per_second":25.5,"poll_after_ms":2000}
                    """
            )
            #expect(answer.headers[.cacheControl] == "public, max-age=1")
            #expect(answer.headers[.eTag]?.hasPrefix("\"") == true)
            let head = try await client.send(.head, Self.path)
            #expect(head.status == 200 && head.text.isEmpty)
        }
    }

    @Test("The largest numbers fit as well, and before it opens the document says when it will")
    func largest() throws {
        let document = ProgressDocument.document(
            LineProgress(
                product: try #require(ProductID(ProductID.maximum)),
                nonce: "n",
                seenAt: Shop.noon,
                saleState: .upcoming,
                stockState: .available,
                availableStock: Int(ProductID.maximum),
                servedTicket: ProductID.maximum,
                lastTicket: ProductID.maximum,
                soldOutAfter: nil,
                opensAt: Shop.noon,
                cartSeconds: 300,
                pace: RecentPace()
            ),
            estimate: WaitEstimate(
                RecentPace(buckets: [RecentPace.Bucket(tickets: 10_000_000, waited: .seconds(1), age: .zero)])
            ),
            pollAfterMilliseconds: 60_000
        )
        #expect(document.readableBytes <= 512)
        #expect(String(buffer: document).contains(#""opens_at":"2026-12-01T12:00:00.000Z""#))
    }

    @Test("Whoever knows the document is told so without it", arguments: ["%", "W/%", "\"a\", %", "*"])
    func entityTag(form: String) async throws {
        try await Shop().test { client in
            let first = try await client.send(.get, Self.path)
            let tag = try #require(first.headers[.eTag])
            let known: HTTPFields = [.ifNoneMatch: form.replacing("%", with: tag)]
            let again = try await client.send(.get, Self.path, headers: known)
            #expect(again.status == 304)
            #expect(again.text.isEmpty)
            #expect(again.headers[.eTag] == tag)
            #expect(again.headers[.cacheControl] == "public, max-age=1")
            let other = try await client.send(.get, Self.path, headers: [.ifNoneMatch: "\"other\""])
            #expect(other.status == 200)
        }
    }

    @Test("No such product is 404, a line that is being opened 503")
    func unknown() async throws {
        let shop = try Shop()
        try await shop.test { client in
            for path in ["/api/products/2/progress", "/api/products/x/progress"] {
                let answer = try await client.send(.get, path)
                #expect(answer.status == 404)
                #expect(answer.code == "product_not_found")
            }
            shop.line.lose(.first)
            #expect(try await client.send(.get, Self.path).status == 503)
        }
    }

    @Test("However many ask, the line is looked at four times a second at most; a whole second has the same bytes")
    func sparesTheLine() async throws {
        let line = MemoryLine(now: Shop.noon)
        line.publish(try Shop.product())
        let clock = NIOLockedValueBox(ContinuousClock.now)
        let board = ProgressBoard(line: line, pace: PollPace(least: .seconds(1), most: .seconds(10))) {
            clock.withLockedValue { $0 }
        }
        for _ in 0..<40 {
            let pages = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<50 { group.addTask { try await board.page(of: .first).tag } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(pages.count == 1)
            // What somebody joins meanwhile is not in this second's document.
            _ = try await line.join(JoinRequest(product: .first, user: try UserID("u\(line.changes)"), quantity: 1))
            clock.withLockedValue { $0 += .milliseconds(100) }
        }
        try await eventually("the last look has ended") { line.looks >= 10 }
        #expect(line.looks <= 16)
        let before = try await board.page(of: .first)
        line.advance(seconds: 1)
        clock.withLockedValue { $0 += .seconds(1) }
        // A look that began before the second changed may still be under way, and is shown until the next one.
        try await eventually("the next second has its own document") {
            try await board.page(of: .first).tag != before.tag
        }
    }

    @Test("While the store is away the last document is good for five seconds, then the answer is 503")
    func storeAway() async throws {
        let line = MemoryLine(now: Shop.noon)
        line.publish(try Shop.product())
        let clock = NIOLockedValueBox(ContinuousClock.now)
        let board = ProgressBoard(line: line, pace: PollPace(least: .seconds(1), most: .seconds(10))) {
            clock.withLockedValue { $0 }
        }
        let tag = try await board.page(of: .first).tag
        line.goAway()
        for _ in 0..<4 {
            clock.withLockedValue { $0 += .seconds(1) }
            #expect(try await board.page(of: .first).tag == tag)
            #expect(board.glance(at: .first) != nil)
        }
        clock.withLockedValue { $0 += .seconds(2) }
        await #expect(throws: StoreUnavailable.self) { try await board.page(of: .first) }
        #expect(board.glance(at: .first) == nil)
        line.goAway(false)
        clock.withLockedValue { $0 += .seconds(1) }
        #expect(try await board.page(of: .first).progress.availableStock == 42)
    }

    @Test("A standing says what to expect as soon as the line's pace is known, without a further question")
    func outlook() async throws {
        let shop = try Shop()
        shop.line.setPace(
            RecentPace(buckets: [RecentPace.Bucket(tickets: 10, waited: .seconds(10), age: .zero)]),
            of: .first
        )
        try await shop.test { client in
            _ = try await client.send(.get, Self.path)
            let joined = try await client.join(#"{"user_id":"alice"}"#)
            #expect(joined.json["outlook"] as? String == "moving")
            let wait = try #require(joined.json["eta_seconds"] as? [String: Int])
            #expect(wait["p50"] == 2)
            #expect((wait["p90"] ?? 0) >= 2)
            shop.line.decide(.alice, of: .first, as: .completed)
            let decided = try await client.send(.get, "/api/products/1/queue/alice")
            #expect(decided.json["outlook"] == nil)
            #expect(decided.json["eta_seconds"] == nil)
        }
    }
}
