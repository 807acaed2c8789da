import FlashSale
import FlashSaleAPI
import HTTPTypes
import Testing

@Suite("Joining the line")
struct JoinRouteTests {
    @Test("A new place is 202, and says where to look next")
    func joins() async throws {
        var shop = try Shop()
        shop.options.pollAfterMost = shop.options.pollAfter
        try await shop.test { client in
            _ = try await client.join(#"{"user_id":"bob"}"#)
            let answer = try await client.join(#"{"user_id":"Alice@Example.com","quantity":2}"#)
            #expect(answer.status == 202)
            #expect(answer.headers[.location] == "/api/products/1/queue/alice@example.com")
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(
                answer.text == """
                    {"status":"queued","product_id":1,"user_id":"alice@example.com","ticket":2,"quantity":2,\
                    "position":2,"served_ticket":0,"last_ticket":2,"sale_state":"open",\
                    "stock_state":"available","outlook":"unknown","cart_expires_at":"2026-12-01T12:05:00.000Z",\
                    "order_id":"1-2","status_url":"/api/products/1/queue/alice@example.com","poll_after_ms":1000}
                    """
            )
        }
        #expect(shop.line.changes == 2)
    }

    @Test("Joining again finds the same place, however the name is spelt")
    func joinsAgain() async throws {
        let shop = try Shop()
        try await shop.test { client in
            let first = try await client.join(#"{"user_id":"alice"}"#)
            let second = try await client.join(#"{"user_id":"ALICE","quantity":2}"#)
            #expect(first.status == 202)
            #expect(second.status == 200)
            #expect(second.text == first.text)
            #expect(second.headers[.location] == nil)
        }
        #expect(shop.line.changes == 1)
    }

    @Test(
        "A user whose turn has come gets the outcome, without position and cart",
        arguments: [PurchaseStatus.pending, .soldOut]
    )
    func joinsAfterTheDecision(status: PurchaseStatus) async throws {
        let shop = try Shop()
        try await shop.test { client in
            _ = try await client.join(#"{"user_id":"alice"}"#)
            shop.line.decide(.alice, of: .first, as: status)
            let answer = try await client.join(#"{"user_id":"alice"}"#)
            #expect(answer.status == 200)
            #expect(answer.json["status"] as? String == status.rawValue)
            #expect(answer.json["position"] == nil)
            #expect(answer.json["cart_expires_at"] == nil)
        }
    }

    @Test(
        "The body's media type may be absent, or JSON in UTF-8",
        arguments: [nil, "application/json", "Application/JSON; charset=UTF-8", "application/json ;charset=\"utf-8\""]
    )
    func mediaTypes(type: String?) async throws {
        try await Shop().test { client in
            let headers: HTTPFields = type.map { [.contentType: $0] } ?? [:]
            let answer = try await client.join(#"{"user_id":"alice"}"#, headers: headers)
            #expect(answer.status == 202)
        }
    }

    @Test("A body of exactly 16 KB is read, one byte more is not")
    func bodySize() async throws {
        try await Shop().test { client in
            let body = #"{"user_id":"alice"}"#
            let blanks = String(repeating: " ", count: 16 * 1_024 - body.utf8.count)
            #expect(try await client.join(body + blanks).status == 202)
            let tooLarge = try await client.join(body + blanks + " ")
            #expect(tooLarge.status == 413)
            #expect(tooLarge.code == "body_too_large")
        }
    }

    @Test("Every bad field is named at once, with what would be right")
    func allErrors() async throws {
        try await Shop().test { client in
            let answer = try await client.join(#"{"quantity":1.0,"user_id":1,"price":0}"#)
            #expect(answer.status == 422)
            #expect(answer.badFields == ["quantity", "user_id", "price"])
            let errors = try #require(answer.json["errors"] as? [[String: String]])
            #expect(
                errors.map { $0["problem"] } == [
                    "is a number with a point or an exponent", "is a number", "is not a known field",
                ]
            )
            #expect(errors.allSatisfy { !($0["remedy"] ?? "").isEmpty })
            #expect(
                answer.json["detail"] as? String == """
                    quantity is a number with a point or an exponent. user_id is a number. price is not a known field.
                    """
            )
        }
    }

    @Test("A store that is away is 503, and the reason stays inside")
    func unavailable() async throws {
        let shop = try Shop()
        shop.line.goAway()
        try await shop.test { client in
            let answer = try await client.join(#"{"user_id":"alice"}"#)
            #expect(answer.status == 503)
            #expect(answer.code == "unavailable")
            #expect(answer.headers[.retryAfter] == "1")
            #expect(!answer.text.contains("10.0.0.7"))
        }
    }

    @Test("A bug is 500, and nothing of it gets out")
    func bug() async throws {
        var shop = try Shop()
        shop.otherLine = BrokenLine()
        try await shop.test { client in
            let answer = try await client.join(#"{"user_id":"alice"}"#)
            #expect(answer.status == 500)
            #expect(answer.code == "internal_error")
            #expect(!answer.text.contains("Bug"))
        }
    }
}
