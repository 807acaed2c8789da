import FlashSale
import HTTPTypes
import Testing

@testable import FlashSaleAPI

@Suite("Looking at a place, and giving it up")
struct StandingRouteTests {
    private static let alice = "/api/products/1/queue/alice"

    @Test("The standing is the document that joining gave")
    func standing() async throws {
        try await Shop().test { client in
            let joined = try await client.join(#"{"user_id":"alice"}"#)
            let answer = try await client.send(.get, Self.alice)
            #expect(answer.status == 200)
            #expect(answer.text == joined.text)
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.headers[.location] == nil)
        }
    }

    @Test(
        "The user in the path is percent-decoded once, and its case is ignored",
        arguments: ["a%40b.c", "a@b.c", "A%40B.C"]
    )
    func percentDecoding(user: String) async throws {
        try await Shop().test { client in
            _ = try await client.join(#"{"user_id":"a@b.c"}"#)
            #expect(try await client.send(.get, "/api/products/1/queue/\(user)").json["user_id"] as? String == "a@b.c")
        }
    }

    @Test("A plus in the path is a plus")
    func plus() async throws {
        try await Shop().test { client in
            _ = try await client.join(#"{"user_id":"a+b"}"#)
            #expect(try await client.send(.get, "/api/products/1/queue/a+b").status == 200)
        }
    }

    @Test("Asking keeps the cart alive, unless that is switched off", arguments: PurchaseAPI.CartRenewal.allCases)
    func renewal(renewal: PurchaseAPI.CartRenewal) async throws {
        var shop = try Shop()
        shop.options.cartRenewal = renewal
        try await shop.test { [shop] client in
            _ = try await client.join(#"{"user_id":"alice"}"#)
            shop.line.advance(seconds: 60)
            let answer = try await client.send(.get, Self.alice)
            let expected = renewal == .poll ? "2026-12-01T12:06:00.000Z" : "2026-12-01T12:05:00.000Z"
            #expect(answer.json["cart_expires_at"] as? String == expected)
        }
    }

    @Test("The operator chooses the pace of polling")
    func pace() async throws {
        var shop = try Shop()
        shop.options.pollAfter = .milliseconds(2_500)
        shop.options.pollAfterMost = .milliseconds(2_500)
        try await shop.test { client in
            let answer = try await client.join(#"{"user_id":"alice"}"#)
            #expect(answer.json["poll_after_ms"] as? Int == 2_500)
        }
    }

    @Test("Every outcome is answered under its own name", arguments: PurchaseStatus.allCases.filter { $0 != .queued })
    func outcomes(status: PurchaseStatus) async throws {
        let shop = try Shop()
        try await shop.test { client in
            _ = try await client.join(#"{"user_id":"alice"}"#)
            shop.line.decide(.alice, of: .first, as: status)
            let answer = try await client.send(.get, Self.alice)
            #expect(answer.status == 200)
            #expect(answer.json["status"] as? String == status.rawValue)
            #expect(answer.json["served_ticket"] as? Int == 1)
            #expect(answer.json["position"] == nil)
            #expect(answer.json["cart_expires_at"] == nil)
        }
    }

    @Test(
        "While a line is opened again nobody is told that they have no place",
        arguments: [HTTPRequest.Method.get, .delete]
    )
    func lostLine(method: HTTPRequest.Method) async throws {
        let shop = try Shop()
        try await shop.test { client in
            _ = try await client.join(#"{"user_id":"alice"}"#)
            shop.line.lose(try #require(ProductID(1)))
            let answer = try await client.send(method, Self.alice)
            #expect(answer.status == 503)
            #expect(answer.code == "unavailable")
        }
    }

    @Test("Who is not in line gets 404, for reading and for leaving", arguments: [HTTPRequest.Method.get, .delete])
    func notInLine(method: HTTPRequest.Method) async throws {
        try await Shop().test { client in
            let answer = try await client.send(method, Self.alice)
            #expect(answer.status == 404)
            #expect(answer.code == "not_in_line")
            let other = try await client.send(method, "/api/products/2/queue/alice")
            #expect(other.status == 404)
            #expect(other.code == "product_not_found")
        }
    }

    @Test("Leaving is 204 without a body, and again 204")
    func leaves() async throws {
        let shop = try Shop()
        try await shop.test { client in
            _ = try await client.join(#"{"user_id":"alice"}"#)
            for _ in 0..<2 {
                let answer = try await client.send(.delete, Self.alice)
                #expect(answer.status == 204)
                #expect(answer.text.isEmpty)
                #expect(answer.headers[.contentLength] == nil)
                #expect(answer.headers[.cacheControl] == "no-store")
            }
            #expect(try await client.send(.get, Self.alice).json["status"] as? String == "left")
        }
    }

    @Test("Too late to leave: 409 with what was decided, if it is known")
    func leavesTooLate() async throws {
        let shop = try Shop()
        try await shop.test { client in
            _ = try await client.join(#"{"user_id":"alice"}"#)
            shop.line.decide(.alice, of: .first, as: .completed)
            let answer = try await client.send(.delete, Self.alice)
            #expect(answer.status == 409)
            #expect(answer.code == "already_decided")
            #expect(answer.json["status"] as? Int == 409)
            #expect(answer.json["purchase_status"] as? String == "completed")
        }
        var other = try Shop()
        other.otherLine = RefusingLine(refusal: .paused)
        try await other.test { client in
            let answer = try await client.send(.delete, Self.alice)
            #expect(answer.code == "already_decided")
            #expect(answer.json["purchase_status"] == nil)
        }
    }

    @Test("A store that is away is 503", arguments: [HTTPRequest.Method.get, .delete])
    func unavailable(method: HTTPRequest.Method) async throws {
        let shop = try Shop()
        shop.line.goAway()
        try await shop.test { client in
            let answer = try await client.send(method, Self.alice)
            #expect(answer.status == 503)
            #expect(answer.code == "unavailable")
            #expect(answer.headers[.retryAfter] == "1")
        }
    }
}
