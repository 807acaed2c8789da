import FlashSale
import HTTPTypes
import Testing

@Suite("Orders")
struct OrderRouteTests {
    @Test("A checkout makes one order: 201 and its address, then 200 and the same order")
    func checkout() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1_042)
        try await shop.test { client in
            let first = try await client.checkOut(id)
            #expect(first.status == 201)
            #expect(first.headers[.location] == "/api/orders/1-1042")
            #expect(first.headers[.cacheControl] == "no-store")
            #expect(
                first.text == """
                    {"order_id":"1-1042","product_id":1,"ticket":1042,"user_id":"alice","quantity":1,"status":"pending",\
                    "unit_price":9999,"amount":9999,"currency":"USD","created_at":"2026-12-01T12:00:00.000Z",\
                    "hold_expires_at":"2026-12-01T12:02:00.000Z","expires_at":"2026-12-01T12:02:00.000Z",\
                    "checked_out_at":"2026-12-01T12:00:00.000Z","paid_at":null,"ended_at":null,\
                    "product_url":"/api/products/1","status_url":"/api/products/1/queue/alice"}
                    """
            )
            let again = try await client.checkOut(id)
            #expect(again.status == 200)
            #expect(again.text == first.text)
            #expect(try await client.send(.get, "/api/orders/\(id)").text == first.text)
        }
        #expect(shop.desk.changes == 1)
    }

    @Test(
        "A body that names no hold is refused, and every bad field is named",
        arguments: [
            ("{}", ["hold_id"]), (#"{"hold_id":1}"#, ["hold_id"]), (#"{"hold_id":null}"#, ["hold_id"]),
            (#"{"hold_id":""}"#, ["hold_id"]), (#"{"hold_id":"7"}"#, ["hold_id"]),
            (#"{"hold_id":"1-01"}"#, ["hold_id"]),
            (#"{"hold_id":" 1-1"}"#, ["hold_id"]), (#"{"hold_id":"1-1","quantity":1}"#, ["quantity"]),
            (#"{"order_id":"1-1"}"#, ["hold_id", "order_id"]),
        ]
    )
    func badCheckout(body: String, fields: [String]) async throws {
        let shop = try Shop()
        try shop.desk.add(ticket: 1)
        try await shop.test { client in
            let answer = try await client.send(.post, "/api/orders", body: body)
            #expect(answer.status == 422)
            #expect(answer.badFields == fields)
        }
        #expect(shop.desk.changes == 0)
    }

    @Test("An order without a hold has null where the hold's times would be")
    func instantOrder() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1, .instant)
        try await shop.test { client in
            let answer = try await client.send(.get, "/api/orders/\(id)")
            #expect(answer.status == 200)
            #expect(answer.json["status"] as? String == "completed")
            #expect(
                answer.text.contains(#""hold_expires_at":null,"expires_at":null,"checked_out_at":null,"paid_at":null"#)
            )
        }
    }

    @Test("What names no order is 404", arguments: ["1-9", "2-1", "1", "x", "1-1-1", "%31-1", "1-01", "٣-1"])
    func notFound(id: String) async throws {
        let shop = try Shop()
        try shop.desk.add(ticket: 1)
        try await shop.test { client in
            let answer = try await client.send(.get, "/api/orders/\(id)")
            #expect(answer.status == 404)
            #expect(answer.code == "order_not_found")
        }
    }

    /// Tickets 1…6 of product 1 and ticket 1 of product 2, in all kinds of states.
    private func shopWithOrders() throws -> Shop {
        let shop = try Shop()
        try shop.desk.add(ticket: 1, user: "ann")
        try shop.desk.add(ticket: 2, user: "b+b", .payment)
        try shop.desk.add(ticket: 3, user: "b+b", .instant)
        shop.desk.expire(try shop.desk.add(ticket: 4, user: "ann"))
        shop.desk.expire(try shop.desk.add(ticket: 5, user: "b+b", .payment))
        try shop.desk.add(ticket: 6, user: "ann", .payment)
        try shop.desk.add(ticket: 1, of: 2, user: "ann", .payment)
        return shop
    }

    private static func ids(_ answer: Answer) throws -> [String] {
        let orders = try #require(answer.json["orders"] as? [[String: Any]])
        return orders.compactMap { $0["order_id"] as? String }
    }

    @Test(
        "Filters",
        arguments: [
            ("", ["1-1", "1-2", "1-3", "1-4", "1-5", "1-6", "2-1"]), ("?product_id=2", ["2-1"]), ("?product_id=3", []),
            ("?user_id=ANN", ["1-1", "1-4", "1-6", "2-1"]), ("?user_id=b+b", ["1-2", "1-3", "1-5"]),
            ("?user_id=b%2Bb", ["1-2", "1-3", "1-5"]), ("?status=held", ["1-1"]),
            ("?status=expired&status=completed", ["1-3", "1-4", "1-5"]),
            ("?status=expired,completed", ["1-3", "1-4", "1-5"]), ("?status=held,held&status=held", ["1-1"]),
            ("?status=pending&user_id=ann&product_id=1", ["1-6"]), ("?after=1-5", ["1-6", "2-1"]),
            ("?after=1-9007199254740991", ["2-1"]), ("?after=2-1", []), ("?limit=2", ["1-1", "1-2"]),
            ("?limit=500&after=1-1&status=held", []), ("?", ["1-1", "1-2", "1-3", "1-4", "1-5", "1-6", "2-1"]),
        ]
    )
    func filters(query: String, expected: [String]) async throws {
        try await shopWithOrders().test { client in
            let answer = try await client.send(.get, "/api/orders\(query)")
            #expect(answer.status == 200)
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(try Self.ids(answer) == expected)
        }
    }

    @Test(
        "Pages of every size lead through all orders once, in their order",
        arguments: [1, 2, 3, 6, 7, 8],
        ["", "user_id=b%2Bb&", "status=expired&status=pending&"]
    )
    func walk(size: Int, filter: String) async throws {
        try await shopWithOrders().test { client in
            let all = try Self.ids(try await client.send(.get, "/api/orders?\(filter)limit=500"))
            var found: [String] = []
            var next: String? = "/api/orders?\(filter)limit=\(size)"
            var pages = 0
            while let page = next, pages < 9 {
                let answer = try await client.send(.get, page)
                found += try Self.ids(answer)
                next = answer.json["next"] as? String
                pages += 1
            }
            #expect(found == all)
            #expect(pages == all.count / size + 1)
        }
    }

    @Test("The next page keeps every filter, and does not say what goes without saying")
    func nextPage() async throws {
        let shop = try Shop()
        for ticket in 1...51 { try shop.desk.add(ticket: Int64(ticket), user: "a+b") }
        try await shop.test { client in
            let plain = try await client.send(.get, "/api/orders")
            #expect(plain.json["next"] as? String == "/api/orders?after=1-50")
            let query = "/api/orders?limit=1&after=1-7&user_id=A%2Bb&status=pending,held&product_id=1"
            let next = "/api/orders?product_id=1&status=held,pending&user_id=a%2Bb&limit=1&after=1-8"
            #expect(try await client.send(.get, query).json["next"] as? String == next)
            #expect(try await client.send(.get, "/api/orders?after=1-50").text.hasSuffix(#"],"next":null}"#))
        }
    }

    @Test(
        "A bad parameter is named",
        arguments: [
            ("limit=0", "limit"), ("limit=501", "limit"), ("limit=-1", "limit"), ("limit=+5", "limit"),
            ("limit=05", "limit"), ("limit=", "limit"), ("limit", "limit"), ("limit=1&limit=1", "limit"),
            ("limit=99999999999999999999", "limit"), ("limit=1.0", "limit"), ("limit=%", "limit"),
            ("limit=%ff&limit=%ff", "limit"), ("product_id=0", "product_id"), ("product_id=x", "product_id"),
            ("product_id=1&product_id=2", "product_id"), ("status=", "status"), ("status=paid", "status"),
            ("status=HELD", "status"), ("status=held,", "status"), ("status=held;pending", "status"),
            ("status=" + Array(repeating: "held", count: 33).joined(separator: ","), "status"), ("user_id=", "user_id"),
            ("user_id=a%20b", "user_id"), ("user_id=%00", "user_id"), ("user_id=a&user_id=a", "user_id"),
            ("after=1", "after"), ("after=1-0", "after"), ("after=1-1%27", "after"), ("after=1-1&after=1-2", "after"),
        ]
    )
    func badParameter(query: String, field: String) async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/api/orders?\(query)")
            #expect(answer.status == 422)
            #expect(answer.code == "invalid_field")
            #expect(answer.badFields == [field])
        }
    }

    @Test("All bad parameters are named at once; one that nobody knows comes first")
    func badParameters() async throws {
        try await Shop().test { client in
            let bad = "/api/orders?after=x&limit=0&status=a&status=b&user_id=&product_id=x"
            let answer = try await client.send(.get, bad)
            #expect(answer.badFields == ["product_id", "user_id", "after", "limit", "status", "status"])
            for unknown in ["offset=1", "&", "=1", "Limit=1", "limit[]=1", "%6cimit=1"] {
                let answer = try await client.send(.get, "\(bad)&\(unknown)")
                #expect(answer.code == "unknown_parameter")
            }
            #expect(try await client.send(.head, "/api/orders?limit=1").status == 200)
            #expect(try await client.send(.post, "/api/orders?limit=1", body: "{}").code == "unknown_parameter")
        }
    }

    @Test("A store that is away, and a commit whose outcome is unknown, are 503: ask again")
    func unavailable() async throws {
        for outage in [MemoryDesk.Outage.unavailable, .unknownOutcome] {
            let shop = try Shop()
            let id = try shop.desk.add(ticket: 1)
            shop.desk.goAway(outage)
            try await shop.test { client in
                let answers = [
                    try await client.checkOut(id), try await client.send(.delete, "/api/holds/\(id)"),
                    try await client.send(.get, "/api/holds"), try await client.send(.get, "/api/holds/\(id)"),
                    try await client.send(.get, "/api/orders"), try await client.send(.get, "/api/orders/\(id)"),
                    try await client.report(PaymentRouteTests.body(order: id)),
                ]
                for answer in answers {
                    #expect(answer.status == 503)
                    #expect(answer.code == "unavailable")
                    #expect(answer.headers[.retryAfter] == "1")
                    #expect(!answer.text.contains("SELECT") && !answer.text.contains("COMMIT"))
                }
            }
        }
    }
}
