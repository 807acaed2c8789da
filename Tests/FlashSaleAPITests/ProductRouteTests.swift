import FlashSale
import HTTPTypes
import Testing

@Suite("Products")
struct ProductRouteTests {
    @Test("A product has every field, with null where there is nothing")
    func product() async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/api/products/1")
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "application/json")
            #expect(answer.headers[.cacheControl] == "public, max-age=1")
            #expect(
                answer.text == """
                    {"id":1,"name":"A \\"rare\\" T-shirt ✓","price":{"amount":9999,"currency":"USD"},"total_stock":100,\
                    "available_stock":42,"checkout":"payment","access":"fifo","sale_state":"open","stock_state":"available",\
                    "opens_at":null,"closes_at":null,\
                    "max_per_user":2,"max_queue":10000,"cart_seconds":300,"hold_seconds":120,"payment_seconds":900,\
                    "queue_url":"/api/products/1/queue"}
                    """
            )
        }
    }

    @Test(
        "What is left of the stock: free units, units that may come free, or nothing",
        arguments: [(42, nil, "available"), (1, nil, "available"), (0, nil, "all_held"), (0, 7, "sold_out")]
            as [(Int, Int64?, String)]
    )
    func stockState(available: Int, soldOutAfter: Int64?, expected: String) async throws {
        var product = try Shop.product(soldOutAfter: soldOutAfter)
        product.availableStock = available
        try await Shop(product).test { client in
            let answer = try await client.send(.get, "/api/products/1")
            #expect(answer.json["stock_state"] as? String == expected)
            if soldOutAfter == nil {
                let standing = try await client.join(#"{"user_id":"alice"}"#)
                #expect(standing.json["stock_state"] as? String == expected)
            }
        }
    }

    @Test("Products are listed by rising id")
    func list() async throws {
        let shop = try Shop()
        shop.catalogue.put(try Shop.product(id: 9_007_199_254_740_991))
        shop.catalogue.put(try Shop.product(id: 2))
        try await shop.test { client in
            let answer = try await client.send(.get, "/api/products")
            let products = try #require(answer.json["products"] as? [[String: Any]])
            #expect(products.compactMap { $0["id"] as? Int } == [1, 2, 9_007_199_254_740_991])
            #expect(answer.headers[.cacheControl] == "public, max-age=1")
        }
    }

    @Test("A shop without products has an empty list")
    func emptyList() async throws {
        var shop = try Shop()
        shop.catalogue = MemoryCatalogue()
        try await shop.test { client in
            let answer = try await client.send(.get, "/api/products")
            #expect(answer.text == #"{"products":[]}"#)
        }
    }

    @Test(
        "The state of the sale follows the clock and the operator",
        arguments: [
            (-60, -1, false, nil, "closed"), (60, nil, false, nil, "upcoming"), (-60, 60, false, nil, "open"),
            (nil, nil, true, nil, "paused"), (nil, nil, true, 7, "sold_out"),
        ] as [(Int64?, Int64?, Bool, Int64?, String)]
    )
    func saleState(opens: Int64?, closes: Int64?, isPaused: Bool, soldOutAfter: Int64?, expected: String) async throws {
        let opensAt = opens.map { Timestamp(microseconds: Shop.noon.microseconds + $0 * 1_000_000) }
        let closesAt = closes.map { Timestamp(microseconds: Shop.noon.microseconds + $0 * 1_000_000) }
        let product = try Shop.product(
            opensAt: opensAt,
            closesAt: closesAt,
            isPaused: isPaused,
            soldOutAfter: soldOutAfter
        )
        try await Shop(product).test { client in
            let answer = try await client.send(.get, "/api/products/1")
            #expect(answer.json["sale_state"] as? String == expected)
            #expect(answer.json["opens_at"] as? String == opensAt?.description)
            #expect(answer.json["closes_at"] as? String == closesAt?.description)
        }
    }

    @Test("A product that is not there is 404")
    func missing() async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/api/products/2")
            #expect(answer.status == 404)
            #expect(answer.code == "product_not_found")
            #expect(answer.headers[.cacheControl] == "no-store")
        }
    }

    @Test(
        "A catalogue that can't be read is 503, without a word of its store",
        arguments: ["/api/products", "/api/products/1"]
    )
    func unavailable(path: String) async throws {
        let shop = try Shop()
        shop.catalogue.goAway()
        try await shop.test { client in
            let answer = try await client.send(.get, path)
            #expect(answer.status == 503)
            #expect(answer.code == "unavailable")
            #expect(answer.headers[.retryAfter] == "1")
            #expect(!answer.text.contains("SELECT"))
        }
    }
}
