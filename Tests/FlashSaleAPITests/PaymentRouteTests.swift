import FlashSale
import HTTPTypes
import Testing

@Suite("Payment events")
struct PaymentRouteTests {
    /// The body of an event; the amount is that of one unit of the shop's product.
    static func body(
        event: String = "evt_1",
        order: OrderID,
        status: String = "paid",
        amount: Int64 = 9_999,
        currency: String = "USD"
    ) -> String {
        """
        {"event_id":"\(event)","order_id":"\(order)","status":"\(status)","amount":\(amount),"currency":"\(currency)"}
        """
    }

    @Test("A payment completes its order, and its answer says which")
    func paid() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1, .payment)
        try await shop.test { client in
            let answer = try await client.report(Self.body(order: id))
            #expect(answer.status == 200)
            #expect(answer.text == #"{"event_id":"evt_1","order_id":"1-1","result":"processed"}"#)
            #expect(answer.headers[.cacheControl] == "no-store")
            let order = try await client.send(.get, "/api/orders/\(id)")
            #expect(order.json["status"] as? String == "completed")
            #expect(order.json["paid_at"] as? String == "2026-12-01T12:00:00.000Z")
            let again = try await client.checkOut(id)
            #expect(again.code == "hold_not_found")
        }
    }

    @Test("A hold that is paid before it is checked out is complete; checking it out then changes nothing")
    func paidHold() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1)
        try await shop.test { client in
            #expect(try await client.report(Self.body(order: id)).paymentResult == "processed")
            let checkout = try await client.checkOut(id)
            #expect(checkout.status == 200)
            #expect(checkout.json["status"] as? String == "completed")
        }
        #expect(shop.desk.changes == 1)
    }

    @Test("An event that is sent again has its effect once; however its body is written")
    func duplicates() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1, .payment)
        try await shop.test { client in
            let body = Self.body(order: id)
            let answer = try await client.report(body)
            #expect(answer.paymentResult == "processed")
            for other in [body, body + "\n", body.replacing(":", with: " : "), Self.body(event: "evt_2", order: id)] {
                let answer = try await client.report(other)
                #expect(answer.paymentResult == "duplicate")
            }
        }
        #expect(shop.desk.changes == 1)
    }

    @Test("Another event with the same id is 409, and the first one stands")
    func eventConflict() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1, .payment)
        let other = try shop.desk.add(ticket: 2, .payment)
        try await shop.test { client in
            _ = try await client.report(Self.body(order: id))
            let bodies = [
                Self.body(order: id, status: "failed"), Self.body(order: other), Self.body(order: id, amount: 1),
                Self.body(order: id, currency: "EUR"),
            ]
            for body in bodies {
                let answer = try await client.report(body)
                #expect(answer.status == 409)
                #expect(answer.code == "event_conflict")
            }
            #expect(try await client.send(.get, "/api/orders/\(id)").json["status"] as? String == "completed")
        }
        #expect(shop.desk.changes == 1)
    }

    @Test("A failed payment cancels the order and frees its units; a later failure contradicts a payment")
    func failed() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1, .payment)
        let paid = try shop.desk.add(ticket: 2, .payment)
        try await shop.test { client in
            #expect(try await client.report(Self.body(order: id, status: "failed")).paymentResult == "processed")
            #expect(try await client.send(.get, "/api/orders/\(id)").json["status"] as? String == "cancelled")
            _ = try await client.report(Self.body(event: "evt_2", order: paid))
            let late = try await client.report(Self.body(event: "evt_3", order: paid, status: "failed"))
            #expect(late.paymentResult == "conflicting")
            #expect(try await client.send(.get, "/api/orders/\(paid)").json["status"] as? String == "completed")
        }
        #expect(shop.desk.available == 41)
    }

    @Test("An event that comes before its order is taken in")
    func early() async throws {
        let shop = try Shop()
        let id = try #require(OrderID(text: "1-7"))
        try await shop.test { client in
            let body = Self.body(order: id)
            let answer = try await client.report(body)
            #expect(answer.paymentResult == "waiting")
        }
        #expect(shop.desk.recorded["evt_1"] == Array(Self.body(order: id).utf8))
    }

    @Test("A late payment takes the units again, or is to be paid back", arguments: [false, true])
    func late(isSoldOut: Bool) async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1, .payment)
        shop.desk.expire(id)
        if isSoldOut { shop.desk.sellOut() }
        try await shop.test { client in
            let answer = try await client.report(Self.body(order: id))
            #expect(answer.paymentResult == (isSoldOut ? "refund_due" : "recovered"))
            let order = try await client.send(.get, "/api/orders/\(id)")
            #expect(order.json["status"] as? String == (isSoldOut ? "refund_due" : "completed"))
        }
    }

    @Test(
        "Another amount or currency is 409 with what was expected, and never counts as paid",
        arguments: [(0, "USD"), (9_998, "USD"), (19_998, "USD"), (999_900, "USD"), (9_999, "EUR")]
    )
    func wrongAmount(amount: Int64, currency: String) async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1, .payment)
        try await shop.test { client in
            for _ in 0..<2 {
                let answer = try await client.report(Self.body(order: id, amount: amount, currency: currency))
                #expect(answer.status == 409)
                #expect(answer.code == "conflicting")
                #expect(answer.json["expected_amount"] as? Int == 9_999)
                #expect(answer.json["expected_currency"] as? String == "USD")
            }
            #expect(try await client.send(.get, "/api/orders/\(id)").json["status"] as? String == "pending")
        }
        #expect(shop.desk.changes == 0)
    }

    @Test("An order of a product that does not exist is a bad field")
    func unknownProduct() async throws {
        let shop = try Shop()
        let id = try #require(OrderID(text: "2-1"))
        try await shop.test { client in
            let answer = try await client.report(Self.body(order: id))
            #expect(answer.status == 422)
            #expect(answer.badFields == ["order_id"])
        }
    }

    @Test("Fields that providers add are passed over")
    func additions() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1, .payment)
        try await shop.test { client in
            let body =
                Self.body(order: id).dropLast() + #","livemode":true,"data":{"fee":1.5,"tags":["x"]},"note":null}"#
            let answer = try await client.report(String(body))
            #expect(answer.paymentResult == "processed")
        }
        #expect(shop.desk.recorded["evt_1"]?.count ?? 0 > 100)
    }

    @Test(
        "A bad field is named, and the order stays as it was",
        arguments: [
            ("event_id", [#""""#, "1", "null", #""a b""#, #""é""#, "\"\(String(repeating: "e", count: 256))\"", "{}"]),
            ("order_id", [#""""#, "1", "null", #""1""#, #""1-0""#, #""1-1 ""#, #"["1-1"]"#]),
            ("status", [#""""#, "true", "null", #""PAID""#, #""succeeded""#, #""pending""#, #""cancelled""#, "[]"]),
            ("amount", [#""9999""#, "9999.0", "1e4", "-1", "null", "1000000000000000001", "99999999999999999999"]),
            ("currency", [#""""#, "840", "null", #""usd""#, #""US""#, #""XYZ""#, "\"\u{212A}RW\"", #""USDT""#]),
        ]
    )
    func badField(field: String, values: [String]) async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1, .payment)
        let good = [
            "event_id": #""evt_1""#, "order_id": "\"\(id)\"", "status": #""paid""#, "amount": "9999",
            "currency": #""USD""#,
        ]
        try await shop.test { client in
            for value in values.map(Optional.some) + [nil] {
                let members = good.merging([field: value ?? ""]) { $1 }.filter { !$0.value.isEmpty }
                let body = "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
                let answer = try await client.report(body)
                #expect(answer.status == 422, "\(body)")
                #expect(answer.badFields == [field], "\(body)")
            }
        }
        #expect(shop.desk.changes == 0)
        #expect(shop.desk.recorded.isEmpty)
    }

    @Test("All bad fields are named at once, and a field that comes twice is no JSON of ours")
    func badFields() async throws {
        let shop = try Shop()
        let id = try shop.desk.add(ticket: 1, .payment)
        try await shop.test { client in
            let empty = try await client.report("{}")
            #expect(empty.badFields == ["event_id", "order_id", "status", "amount", "currency"])
            let twice = try await client.report("\(Self.body(order: id).dropLast()),\"status\":\"paid\"}")
            #expect(twice.status == 400)
            #expect(twice.code == "invalid_json")
        }
        #expect(shop.desk.recorded.isEmpty)
    }
}
