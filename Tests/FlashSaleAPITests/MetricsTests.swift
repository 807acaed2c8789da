import FlashSale
import HTTPTypes
import MetricsTestKit
import Testing

@testable import FlashSaleAPI

@Suite("Metrics")
struct MetricsTests {
    @Test("Joins are counted by what became of them")
    func joins() async throws {
        let shop = try Shop(try Shop.product(maxQueue: 1))
        try await shop.test { client in
            _ = try await client.join(#"{"user_id":"alice"}"#)
            _ = try await client.join(#"{"user_id":"alice"}"#)
            _ = try await client.join(#"{"user_id":"bob"}"#)
            _ = try await client.join(#"{"user_id":"bob","quantity":3}"#)
            shop.line.decide(.alice, of: .first, as: .completed)
            _ = try await client.join(#"{"user_id":"alice"}"#)
            shop.line.goAway()
            _ = try await client.join(#"{"user_id":"alice"}"#)
        }
        let counts = LineMetrics.JoinResult.allCases.map {
            shop.count("flashsale_joins_total", ("result", $0.rawValue))
        }
        let expected: [LineMetrics.JoinResult: Int64] = [
            .joined: 1, .alreadyInLine: 1, .queueFull: 1, .quantityTooHigh: 1, .alreadyDecided: 1, .unavailable: 1,
        ]
        #expect(counts == LineMetrics.JoinResult.allCases.map { expected[$0] ?? 0 })
    }

    @Test("Each refusal of the line has a counter of its own")
    func refusals() throws {
        let order = try #require(OrderID(text: "1-1"))
        let refusals: [JoinRefusal] = [
            .unknownProduct, .notOpenYet(opensAt: Shop.noon), .closed(closedAt: Shop.noon), .paused, .soldOut,
            .alreadyPurchased(order: order), .quantityTooHigh(maximum: 1), .queueFull(maximum: 1),
            .rateLimited(retryAfterSeconds: 1),
        ]
        #expect(Set(refusals.map { LineMetrics.JoinResult($0) }).count == refusals.count)
    }

    @Test("Checkouts are counted by what became of them")
    func checkouts() async throws {
        let shop = try Shop()
        let ids = try (1...3).map { try shop.desk.add(ticket: $0) }
        let payment = try shop.desk.add(ticket: 4, .payment)
        shop.desk.expire(ids[1])
        try await shop.test { client in
            for id in [ids[0], ids[0], ids[1], payment] { _ = try await client.checkOut(id) }
            _ = try await client.send(.delete, "/api/holds/\(ids[2])")
            _ = try await client.checkOut(ids[2])
            _ = try await client.report(PaymentRouteTests.body(order: ids[0], status: "failed"))
            _ = try await client.checkOut(ids[0])
            shop.desk.goAway(.unknownOutcome)
            _ = try await client.checkOut(ids[0])
        }
        for result in OrderMetrics.CheckoutResult.allCases {
            let expected: Int64 = result == .overloaded ? 0 : 1
            #expect(shop.count("flashsale_checkouts_total", ("result", result.rawValue)) == expected, "\(result)")
        }
    }

    @Test("Each answer to a payment event has a counter of its own")
    func paymentEvents() throws {
        let usd = try #require(Currency("USD"))
        let answers: [PaymentAnswer] =
            PaymentResult.allCases.map { .recorded($0) } + [
                .wrongAmount(expected: 1, currency: usd), .otherEventOfThisID, .unknownProduct,
            ]
        #expect(Set(answers.map { OrderMetrics.PaymentEventResult($0) }).count == answers.count)
    }

    @Test("Polls are counted by what they found")
    func polls() async throws {
        let shop = try Shop()
        try await shop.test { client in
            _ = try await client.send(.get, "/api/products/1/queue/alice")
            _ = try await client.join(#"{"user_id":"alice"}"#)
            _ = try await client.send(.get, "/api/products/1/queue/alice")
            _ = try await client.send(.get, "/api/products/1/queue/alice")
        }
        #expect(shop.count("flashsale_polls_total", ("status", "not_in_line")) == 1)
        #expect(shop.count("flashsale_polls_total", ("status", "queued")) == 2)
        #expect(shop.count("flashsale_polls_total", ("status", "sold_out")) == 0)
    }

    @Test("Requests are counted and timed by route template, never by path")
    func requests() async throws {
        let shop = try Shop()
        try await shop.test { client in
            for path in ["/api/products/1", "/api/products/2", "/api/products/x"] {
                _ = try await client.send(.get, path)
            }
            for path in ["/secret/1", "/secret/2"] { _ = try await client.send(.get, path) }
            _ = try await client.send(.patch, "/api/products/1")
        }
        let count = { (route: String, status: String) in
            shop.count("flashsale_http_requests_total", ("route", route), ("status", status))
        }
        #expect(count("/api/products/{id}", "200") == 1)
        #expect(count("/api/products/{id}", "404") == 2)
        #expect(count("unmatched", "404") == 2)
        #expect(count("unmatched", "405") == 1)
        let timer = try shop.metrics.expectTimer("flashsale_http_request_seconds", [("route", "/api/products/{id}")])
        #expect(timer.values.count == 3)
        #expect(timer.values.allSatisfy { $0 > 0 })
    }

    @Test("A status that no route announces is counted as well")
    func unannounced() async throws {
        var shop = try Shop()
        shop.otherLine = BrokenLine()
        try await shop.test { client in
            for _ in 0..<2 { _ = try await client.join(#"{"user_id":"alice"}"#) }
        }
        let route = ("route", "/api/products/{id}/queue")
        #expect(shop.count("flashsale_http_requests_total", route, ("status", "500")) == 2)
    }

    @Test("Bytes that are no request are counted apart")
    func malformed() async throws {
        let shop = try Shop()
        try await shop.testLive { port in
            let connection = try await RawConnection.open(port: port)
            connection.send(Array("}{\r\n\r\n".utf8))
            _ = try await connection.reply()
        }
        #expect(shop.count("flashsale_http_requests_total", ("route", "malformed"), ("status", "400")) == 1)
    }
}
