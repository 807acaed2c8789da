import FlashSale
import Testing

@testable import FlashSaleAPI

/// A join over the fast path, over the router and over a page is one and the same call.
@Suite("One join")
struct OneJoinTests {
    private static let body = #"{"user_id":"alice","quantity":2}"#
    private static let form = "name=alice&quantity=2"

    private static func request(_ path: String, _ type: String, _ more: String, _ body: String) -> [UInt8] {
        let head = "POST \(path) HTTP/1.1\r\nHost: shop\r\nX-Request-Id: same\r\nContent-Type: \(type)\r\n\(more)"
        return Array("\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    }

    /// The same join in three ways; the second one is not plain, so that the router gets it.
    private static let requests = [
        request("/api/products/1/queue", "application/json", "", body),
        request("/api/products/1/queue", "application/json; charset=utf-8", "", body),
        request("/products/1/queue", "application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin\r\n", form),
    ]

    /// Joins in all three ways, over one connection, and returns the answers.
    private func join(_ shop: Shop, _ line: RecordingLine) async throws -> [RawAnswer] {
        var shop = shop
        shop.otherLine = line
        shop.pages = PageOptions(identity: .named)
        return try await shop.testLive { port in
            let connection = try await RawConnection.open(port: port)
            for (index, request) in Self.requests.enumerated() {
                connection.send(request)
                _ = try await connection.answers(index + 1)
            }
            connection.closeInput()
            return try await connection.reply().answers
        }
    }

    private static func standing(_ request: JoinRequest, _ status: PurchaseStatus) throws -> Standing {
        let ticket = try #require(Ticket(7))
        return Standing(
            status: status,
            product: request.product,
            user: request.user,
            ticket: ticket,
            quantity: request.quantity,
            order: OrderID(product: request.product, ticket: ticket),
            servedTicket: 3,
            lastTicket: 9,
            cartExpiresAt: Shop.noon,
            saleState: .open,
            stockState: .available
        )
    }

    private func expectOneCall(_ line: RecordingLine) throws {
        let request = JoinRequest(product: .first, user: .alice, quantity: 2)
        #expect(line.calls.map(\.request) == [request, request, request])
        #expect(line.calls.map(\.hasTask) == [false, true, true])
    }

    /// What the two JSON ways say: all but the time is the same, to the byte.
    private func expectSameBytes(_ answers: [RawAnswer]) throws {
        #expect(answers.count == 3)
        let (fast, router) = (try #require(answers.first), try #require(answers.dropFirst().first))
        #expect(fast.status == router.status)
        #expect(!fast.body.isEmpty && fast.body == router.body)
        let names = ["content-type", "content-length", "cache-control", "location", "retry-after", "x-request-id"]
        for name in names { #expect(fast.header(name) == router.header(name), "\(name)") }
    }

    @Test("A place that is given or found: the same call, and the same bytes for the two that answer JSON")
    func places() async throws {
        let outcomes: [(Int, String, PurchaseStatus, @Sendable (Standing) -> JoinAnswer)] = [
            (202, "joined", .queued, { .joined($0) }), (200, "already_in_line", .queued, { .alreadyInLine($0) }),
            (200, "already_decided", .held, { .alreadyDecided($0) }),
        ]
        for (status, result, state, answer) in outcomes {
            let shop = try Shop()
            let line = RecordingLine { request in Result { answer(try Self.standing(request, state)) } }
            let answers = try await join(shop, line)
            try expectOneCall(line)
            try expectSameBytes(answers)
            #expect(answers.map(\.status) == [status, status, 303])
            let isNew = status == 202
            #expect(answers[0].header("location") == (isNew ? "/api/products/1/queue/alice" : nil))
            #expect(answers[2].head.contains("flashsale-start=7.3;") == isNew)
            #expect(shop.count("flashsale_joins_total", ("result", result)) == 3)
        }
    }

    @Test("A refusal: the same call, problem and count")
    func refusals() async throws {
        let order = try #require(OrderID(text: "1-1"))
        let refusals: [JoinRefusal] = [
            .unknownProduct, .notOpenYet(opensAt: Timestamp(microseconds: Shop.noon.microseconds + 90_000_000)),
            .closed(closedAt: Shop.noon), .paused, .soldOut, .alreadyPurchased(order: order),
            .quantityTooHigh(maximum: 1), .queueFull(maximum: 1), .rateLimited(retryAfterSeconds: 4),
        ]
        for refusal in refusals {
            let shop = try Shop()
            let line = RecordingLine { _ in .success(.refused(refusal)) }
            let answers = try await join(shop, line)
            try expectOneCall(line)
            try expectSameBytes(answers)
            #expect(Set(answers.map(\.status)).count == 1, "\(refusal)")
            #expect(Set(answers.map { $0.header("retry-after") }).count == 1, "\(refusal)")
            let result = LineMetrics.JoinResult(refusal).rawValue
            #expect(shop.count("flashsale_joins_total", ("result", result)) == 3, "\(result)")
        }
    }

    @Test("A store that is away: the same call, answer and count")
    func away() async throws {
        let shop = try Shop()
        let line = RecordingLine { _ in .failure(StoreUnavailable(reason: "it is away")) }
        let answers = try await join(shop, line)
        try expectOneCall(line)
        try expectSameBytes(answers)
        #expect(answers.map(\.status) == [503, 503, 503])
        #expect(shop.count("flashsale_joins_total", ("result", "unavailable")) == 3)
    }
}
