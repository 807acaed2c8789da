import FlashSale
import HTTPTypes
import Testing

@Suite("Holds")
struct HoldRouteTests {
    @Test("A hold has every field, with null where there is nothing")
    func hold() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 7, quantity: 2)
        try await shop.test { client in
            let answer = try await client.send(.get, "/api/holds/\(id)")
            #expect(answer.status == 200)
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(
                answer.text == """
                    {"hold_id":"1-7","order_id":"1-7","product_id":1,"ticket":7,"user_id":"alice","quantity":2,\
                    "status":"held","unit_price":9999,"amount":19998,"currency":"USD",\
                    "created_at":"2026-12-01T12:00:00.000Z","hold_expires_at":"2026-12-01T12:02:00.000Z",\
                    "checked_out_at":null,"ended_at":null,"product_url":"/api/products/1",\
                    "status_url":"/api/products/1/queue/alice","checkout_url":"/api/orders"}
                    """
            )
        }
    }

    @Test("A hold can be read whatever became of it; an order that never was one is no hold")
    func afterwards() async throws {
        let shop = try Shop()
        let hold = try shop.desk.add(ticket: 1)
        let order = try shop.desk.add(ticket: 2, .payment)
        shop.desk.expire(hold)
        try await shop.test { client in
            let answer = try await client.send(.get, "/api/holds/\(hold)")
            #expect(answer.json["status"] as? String == "expired")
            #expect(answer.json["ended_at"] as? String == "2026-12-01T12:00:00.000Z")
            #expect(try await client.send(.get, "/api/holds/\(order)").code == "hold_not_found")
            #expect(try await client.send(.delete, "/api/holds/\(order)").code == "hold_not_found")
            #expect(try await client.checkOut(order).code == "hold_not_found")
        }
    }

    @Test(
        "What names no hold is 404, by every way",
        arguments: ["1-9", "2-1", "1", "1-", "-1", "01-1", "1-0", "1-1-1", "a-b", "1%2D1", "1-9007199254740992"]
    )
    func notFound(id: String) async throws {
        let shop = try Shop()
        try shop.desk.add(ticket: 1)
        try await shop.test { client in
            for method in [HTTPRequest.Method.get, .delete] {
                let answer = try await client.send(method, "/api/holds/\(id)")
                #expect(answer.status == 404)
                #expect(answer.code == "hold_not_found")
            }
        }
        #expect(shop.desk.changes == 0)
    }

    @Test("A hold that is given back is gone once, and its units are free again")
    func giveBack() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1, quantity: 2)
        try await shop.test { client in
            for _ in 0..<3 {
                let answer = try await client.send(.delete, "/api/holds/\(id)")
                #expect(answer.status == 204)
                #expect(answer.text.isEmpty)
                #expect(answer.headers[.contentLength] == nil)
            }
            let checkout = try await client.checkOut(id)
            #expect(checkout.status == 409)
            #expect(checkout.code == "hold_released")
        }
        #expect(shop.desk.available == 42)
        #expect(shop.desk.changes == 1)
    }

    @Test("A hold that ran out can neither be checked out nor given back")
    func expired() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1)
        shop.desk.expire(id)
        try await shop.test { client in
            for answer in [try await client.checkOut(id), try await client.send(.delete, "/api/holds/\(id)")] {
                #expect(answer.status == 409)
                #expect(answer.code == "hold_expired")
            }
        }
        #expect(shop.desk.available == 42)
    }

    @Test("A hold that became an order can't be given back, and one whose payment failed can't be checked out")
    func used() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1)
        try await shop.test { client in
            #expect(try await client.checkOut(id).status == 201)
            let giveBack = try await client.send(.delete, "/api/holds/\(id)")
            #expect(giveBack.status == 409)
            #expect(giveBack.code == "hold_used")
            _ = try await client.report(PaymentRouteTests.body(order: id, status: "failed"))
            let checkout = try await client.checkOut(id)
            #expect(checkout.status == 409)
            #expect(checkout.code == "hold_used")
        }
    }

    @Test("The list has live holds only, and its pages lead to one another")
    func list() async throws {
        let shop = try Shop()
        for ticket in 1...7 { try shop.desk.add(ticket: Int64(ticket)) }
        try shop.desk.add(ticket: 8, .payment)
        shop.desk.expire(try shop.desk.add(ticket: 9))
        try await shop.test { client in
            var found: [String] = []
            var next: String? = "/api/holds?limit=3&user_id=alice"
            var pages: [String?] = []
            while let page = next, pages.count < 5 {
                let answer = try await client.send(.get, page)
                let holds = try #require(answer.json["holds"] as? [[String: Any]])
                found += holds.compactMap { $0["hold_id"] as? String }
                next = answer.json["next"] as? String
                pages.append(next)
            }
            #expect(found == (1...7).map { "1-\($0)" })
            #expect(
                pages == [
                    "/api/holds?user_id=alice&limit=3&after=1-3", "/api/holds?user_id=alice&limit=3&after=1-6", nil,
                ]
            )
        }
    }

    @Test("A list of holds has no filter by state: they are all in the same one")
    func noStatusFilter() async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/api/holds?status=held")
            #expect(answer.status == 400)
            #expect(answer.code == "unknown_parameter")
        }
    }
}
