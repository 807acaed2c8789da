import FlashSale
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import FlashSaleAPI

@Suite("Overload")
struct OverloadTests {
    /// A shop whose line does not answer, with room for so many requests.
    private func stalledShop(room: Int) throws -> (Shop, StalledLine) {
        var shop = try Shop()
        let line = StalledLine(shop.line)
        shop.otherLine = line
        shop.options.maxInFlight = room
        return (shop, line)
    }

    @Test("One request more than may be worked on is refused at once; the others are answered when the store answers")
    func fullHouse() async throws {
        let (shop, line) = try stalledShop(room: 4)
        try await shop.test { client in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for user in ["a", "b"] {
                    group.addTask { try await client.join(#"{"user_id":"\#(user)"}"#).status }
                    group.addTask { try await client.send(.get, "/api/products/1/queue/c\(user)").status }
                }
                try await eventually("all places are taken") { line.waiting == 4 }

                for answer in try await refused(client) {
                    #expect(answer.status == 503)
                    #expect(answer.code == "overloaded")
                    #expect(answer.headers[.retryAfter] == "2")
                }
                #expect(line.waiting == 4)

                line.release()
                let statuses = try await group.reduce(into: [Int]()) { $0.append($1) }
                #expect(statuses.sorted() == [202, 202, 404, 404])
            }
            // By itself, and with every place free again.
            for user in 0..<10 {
                let join = try await client.join(#"{"user_id":"u\#(user)"}"#)
                let product = try await client.send(.get, "/api/products/1")
                #expect([join.status, product.status] == [202, 200])
            }
        }
        for (name, result, count) in [
            ("joins", "overloaded", 1), ("checkouts", "overloaded", 1), ("payment_events", "overloaded", 1),
            ("joins", "unavailable", 0), ("checkouts", "unavailable", 0), ("payment_events", "unavailable", 0),
        ] as [(String, String, Int64)] {
            #expect(shop.count("flashsale_\(name)_total", ("result", result)) == count, "\(name) \(result)")
        }
        let route = ("route", "/api/products/{id}/queue")
        #expect(shop.count("flashsale_http_requests_total", route, ("status", "503")) == 1)
    }

    private func refused(_ client: ContractClient) async throws -> [Answer] {
        [
            try await client.join(#"{"user_id":"late"}"#),
            try await client.send(.get, "/api/products/1/queue/late"),
            try await client.send(.delete, "/api/products/1/queue/late"),
            try await client.send(.get, "/api/products"),
            try await client.send(.get, "/api/orders"),
            try await client.send(.post, "/api/orders", body: #"{"hold_id":"1-1"}"#),
            try await client.report(PaymentRouteTests.body(order: try #require(OrderID(text: "1-1")))),
        ]
    }

    @Test("A page's form is refused and counted as the API's request is")
    func forms() async throws {
        let (stalled, line) = try stalledShop(room: 1)
        var shop = stalled
        shop.pages = PageOptions(identity: .named, simulatesPayments: true)
        try shop.desk.add(ticket: 1, .payment)
        try await shop.testPages { browser in
            async let first = browser.post("/products/1/queue", "name=alice")
            try await eventually("the place is taken") { line.waiting == 1 }
            for form in ["queue", "leave", "checkout", "give-back", "pay"] {
                let fields = ["queue": "name=bob", "pay": "outcome=paid"][form] ?? ""
                let answer = try await browser.post("/products/1/\(form)", fields, cookie: "flashsale-user=bob")
                #expect(answer.status == .serviceUnavailable, "\(form)")
                #expect(answer.headers[.retryAfter] == "2", "\(form)")
            }
            line.release()
            #expect(try await first.status == .seeOther)
            #expect(
                try await browser.post("/products/1/pay", "outcome=paid", cookie: "flashsale-user=alice").status
                    == .seeOther
            )
        }
        #expect(shop.count("flashsale_joins_total", ("result", "overloaded")) == 1)
        #expect(shop.count("flashsale_joins_total", ("result", "joined")) == 1)
        #expect(shop.count("flashsale_payment_events_total", ("result", "processed")) == 1)
    }

    @Test("A plain request that finds no room is refused as every other is, and its connection rests")
    func fastPath() async throws {
        let (shop, line) = try stalledShop(room: 1)
        @Sendable
        func join(_ user: String) -> [UInt8] {
            let body = #"{"user_id":"\#(user)"}"#
            let head = "POST /api/products/1/queue HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
            return Array("\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
        }
        try await shop.testLive { port in
            let first = try await RawConnection.open(port: port)
            first.send(join("alice"))
            try await eventually("the place is taken") { line.waiting == 1 }
            let second = try await RawConnection.open(port: port)
            second.send(join("bob"))
            let refused = try #require(try await second.answers(1).first)
            #expect(refused.status == 503)
            #expect(refused.code == "overloaded")
            #expect(refused.header("retry-after") == "2")
            #expect(refused.header(ConnectionRest.header) == nil)
            line.release()
            #expect(try await first.answers(1).first?.status == 202)
            // The place is free again, on this connection once it has rested.
            second.send(join("carol"))
            #expect(try await second.answers(2).last?.status == 202)
            for connection in [first, second] { connection.close() }
        }
        #expect(shop.count("flashsale_joins_total", ("result", "overloaded")) == 1)
        #expect(shop.count("flashsale_joins_total", ("result", "joined")) == 2)
    }

    @Test("Who watches the program is answered all the same, and so is nonsense")
    func vital() async throws {
        let (shop, line) = try stalledShop(room: 1)
        try await shop.test { client in
            async let stalled = client.send(.get, "/api/products/1/queue/alice")
            try await eventually("the place is taken") { line.waiting == 1 }
            for path in ["/health", "/ready", "/metrics"] {
                let get = try await client.send(.get, path)
                let head = try await client.send(.head, path)
                #expect([get.status, head.status] == [200, 200], "\(path)")
            }
            let nowhere = try await client.send(.get, "/nowhere")
            #expect(nowhere.status == 404)
            let gated = try await client.send(.head, "/api/products")
            #expect(gated.status == 503)
            line.release()
            _ = try await stalled
        }
    }

    @Test("Clients that are slow with their bodies keep no place")
    func slowBodies() async throws {
        var shop = try Shop()
        shop.options.maxInFlight = 1
        try await shop.testLive { port in
            let head = "POST /api/products/1/queue HTTP/1.1\r\nHost: shop\r\nContent-Length: 20\r\n\r\n{"
            var slow: [RawConnection] = []
            for _ in 0..<20 {
                let connection = try await RawConnection.open(port: port)
                connection.send(Array(head.utf8))
                slow.append(connection)
            }
            let request = "GET /api/products HTTP/1.1\r\nHost: shop\r\n\r\n"
            let last = "GET /api/products HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"
            let quick = try await RawConnection.open(port: port)
            quick.send(Array((String(repeating: request, count: 50) + last).utf8))
            let statuses = try await quick.reply().answers.map(\.status)
            #expect(statuses == Array(repeating: 200, count: 51))
            for connection in slow { connection.close() }
        }
    }

    @Test("A request that fails gives its place back")
    func failures() async throws {
        var shop = try Shop()
        shop.options.maxInFlight = 1
        shop.otherLine = BrokenLine()
        try await shop.test { client in
            for _ in 0..<3 {
                let join = try await client.join(#"{"user_id":"alice"}"#)
                let standing = try await client.send(.get, "/api/products/1/queue/alice")
                #expect([join.status, standing.status] == [500, 500])
            }
        }
    }

    @Test(
        "While a breaker is open the answer is 503, and says when the store is asked again",
        arguments: [
            (Duration.milliseconds(1), "1"), (.seconds(1), "1"), (.milliseconds(1_001), "2"), (.seconds(30), "30"),
        ]
    )
    func openCircuit(retryAfter: Duration, header: String) async throws {
        var shop = try Shop()
        shop.otherLine = BrokenLine(error: StoreUnavailable(reason: "redis kept failing", retryAfter: retryAfter))
        try await shop.test { client in
            let answer = try await client.join(#"{"user_id":"alice"}"#)
            #expect(answer.status == 503)
            #expect(answer.code == "unavailable")
            #expect(answer.headers[.retryAfter] == header)
            #expect(!answer.text.contains("redis"))
        }
    }
}
