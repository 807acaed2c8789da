import FlashSaleAPI
import Testing

/// What a client sees on a real socket; the table of hostile requests has the rest.
@Suite("Connections")
struct ConnectionTests {
    private static let health = "GET /health HTTP/1.1\r\nHost: shop\r\n\r\n"

    /// Everything that a server sends to a client who says `text` and then waits.
    private func reply(_ shop: Shop, to text: String, closesInput: Bool = false) async throws -> RawConnection.Reply {
        try await shop.testLive { port in
            let connection = try await RawConnection.open(port: port)
            connection.send(Array(text.utf8))
            if closesInput { connection.closeInput() }
            return try await connection.reply()
        }
    }

    private func answers(_ shop: Shop, to text: String, closesInput: Bool = false) async throws -> [RawAnswer] {
        try await reply(shop, to: text, closesInput: closesInput).answers
    }

    @Test("Requests in one packet are answered in their order, on one connection")
    func pipelining() async throws {
        let body = #"{"user_id":"alice"}"#
        let join =
            "POST /api/products/1/queue HTTP/1.1\r\nHost: shop\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let last = "GET /nowhere HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"
        let found = try await answers(try Shop(), to: Self.health + join + Self.health + last)
        #expect(found.map(\.status) == [200, 202, 200, 404])
        #expect(found.map { $0.header("connection") } == [nil, nil, nil, "close"])
    }

    @Test("A request behind one that asked to close is not processed")
    func nothingBehindClose() async throws {
        let shop = try Shop()
        let body = #"{"user_id":"alice"}"#
        let join =
            "POST /api/products/1/queue HTTP/1.1\r\nHost: shop\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let found = try await answers(
            shop,
            to: "GET /health HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n" + join
        )
        #expect(found.map(\.status) == [200])
        #expect(shop.line.changes == 0)
    }

    @Test("Garbage behind a good request: the request is answered, then the garbage")
    func garbageBehind() async throws {
        let found = try await answers(try Shop(), to: Self.health + "}{\r\n\r\n")
        #expect(found.map(\.status) == [200, 400])
        #expect(found.last?.code == "invalid_request")
    }

    @Test("A client that closes its side after the request gets its answer")
    func halfClose() async throws {
        #expect(try await answers(try Shop(), to: Self.health, closesInput: true).map(\.status) == [200])
    }

    @Test(
        "A client that offers another protocol is answered in this one, and told to close",
        arguments: [
            "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk",
            "Upgrade: websocket\r\nConnection: Upgrade",
        ]
    )
    func upgrade(headers: String) async throws {
        let found = try await answers(try Shop(), to: "GET /health HTTP/1.1\r\nHost: shop\r\n\(headers)\r\n\r\n")
        #expect(found.map(\.status) == [200])
        #expect(found.first?.header("connection") == "close")
    }

    @Test("HTTP/1.0 is answered, with and without a Host; the connection is kept when asked for")
    func http10() async throws {
        let closing = try await answers(try Shop(), to: "GET /health HTTP/1.0\r\n\r\n")
        #expect(closing.map(\.status) == [200])
        #expect(closing.first?.header("connection") == "close")

        let kept = "GET /health HTTP/1.0\r\nHost: shop\r\nConnection: keep-alive\r\n\r\n"
        let found = try await answers(try Shop(), to: kept + "GET /health HTTP/1.0\r\n\r\n")
        #expect(found.map { $0.header("connection") } == ["keep-alive", "close"])
    }

    @Test("HEAD has the header fields of GET, and no body")
    func head() async throws {
        for path in ["/health", "/nowhere"] {
            let id = "X-Request-Id: r1"
            let get = try await answers(try Shop(), to: "GET \(path) HTTP/1.0\r\n\(id)\r\n\r\n")
            let head = try await reply(try Shop(), to: "HEAD \(path) HTTP/1.0\r\n\(id)\r\n\r\n").text
            #expect(head.hasSuffix("\r\n\r\n"))
            let length = try #require(get.first?.header("content-length"))
            #expect(RawAnswer(status: 0, head: head, body: "").header("content-length") == length)
        }
    }

    @Test("A chunked body is read like any other")
    func chunked() async throws {
        let head =
            "POST /api/products/1/queue HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
        let found = try await answers(
            try Shop(),
            to: head + "5\r\n{\"use\r\n10;x=y\r\nr_id\": \"alice\" }\r\n0\r\n\r\n"
        )
        #expect(found.map(\.status) == [202])
    }

    @Test(
        "A body in another transfer coding is 501, another expectation 417: with a problem document, as the last answers"
    )
    func notKnown() async throws {
        let head = "POST /api/products/1/queue HTTP/1.1\r\nHost: shop\r\n"
        for (fields, status, code) in [
            ("Transfer-Encoding: gzip, chunked", 501, "not_implemented"), ("Expect: tea", 417, "expectation_failed"),
        ] {
            let answer = try #require(
                try await answers(try Shop(), to: "\(head)\(fields)\r\n\r\n0\r\n\r\n" + Self.health).first
            )
            #expect(answer.status == status)
            #expect(answer.code == code)
            #expect(answer.header("connection") == "close")
        }
    }

    @Test("A client that waits for it is told to go on, and one that announces too much is refused at once")
    func expectation() async throws {
        let shop = try Shop()
        let body = #"{"user_id":"alice"}"#
        let head = "POST /api/products/1/queue HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: "
        try await shop.testLive { port in
            let connection = try await RawConnection.open(port: port)
            connection.send(Array("\(head)\(body.utf8.count)\r\n\r\n".utf8))
            #expect(try await connection.answers(1).map(\.status) == [100])
            connection.send(Array(body.utf8))
            #expect(try await connection.answers(2).map(\.status) == [100, 202])
            connection.close()
        }
        #expect(try await answers(shop, to: "\(head)99999\r\n\r\n").map(\.status) == [413])
    }

    @Test("A body that stays unfinished is 408, and takes no place")
    func slowBody() async throws {
        var shop = try Shop()
        shop.limits.bodyTime = .milliseconds(50)
        let head = "POST /api/products/1/queue HTTP/1.1\r\nHost: shop\r\nContent-Length: 100\r\n\r\n"
        let found = try await answers(shop, to: head + #"{"user_id":"alice"}"#)
        #expect(found.map(\.status) == [408])
        #expect(found.first?.code == "request_timeout")
        #expect(shop.line.changes == 0)
    }

    @Test("A connection that never says a word is closed without one")
    func silence() async throws {
        var shop = try Shop()
        shop.limits.headTime = .milliseconds(50)
        #expect(try await answers(shop, to: "").isEmpty)
    }

    @Test("A connection that rests too long is closed by the server")
    func idle() async throws {
        var shop = try Shop()
        shop.limits.idleTime = .milliseconds(50)
        // On a loaded machine the time may be up before the request is there; that it ends is what counts.
        let found = try await answers(shop, to: Self.health)
        #expect(found.allSatisfy { $0.status == 200 })
    }

    @Test("Port 0 is a free port, and the callback tells which")
    func boundPort() async throws {
        let ports = AsyncStream.makeStream(of: Int.self)
        let shop = try Shop()
        try await shop.run(onBound: { ports.continuation.yield($0) }) {
            let port = try #require(await ports.stream.first { _ in true })
            #expect(port > 0)
            let connection = try await RawConnection.open(port: port)
            connection.send(Array("GET /health HTTP/1.0\r\n\r\n".utf8))
            #expect(try await connection.reply().answers.map(\.status) == [200])
        }
    }

    @Test("A client that asks and asks, and never reads an answer, is cut off")
    func unreadAnswers() async throws {
        let ports = AsyncStream.makeStream(of: Int.self)
        var shop = try Shop()
        shop.limits.connections = 1
        shop.limits.writeTime = .milliseconds(50)
        try await shop.run(onBound: { ports.continuation.yield($0) }) {
            let port = try #require(await ports.stream.first { _ in true })
            let deaf = try await RawConnection.open(port: port, reads: false)
            let ask = "GET /openapi.json HTTP/1.1\r\nHost: shop\r\n\r\n"
            deaf.send(Array(String(repeating: ask, count: 4_000).utf8))
            // There is room for one: the second is heard once the first is gone.
            let second = try await RawConnection.open(port: port)
            second.send(Array("GET /health HTTP/1.0\r\n\r\n".utf8))
            #expect(try await second.reply().answers.map(\.status) == [200])
            deaf.close()
        }
    }

    @Test("When as many are connected as may be, the next waits until one has gone")
    func connectionCap() async throws {
        let ports = AsyncStream.makeStream(of: Int.self)
        var shop = try Shop()
        shop.limits.connections = 1
        try await shop.run(onBound: { ports.continuation.yield($0) }) {
            let port = try #require(await ports.stream.first { _ in true })
            let first = try await RawConnection.open(port: port)
            first.send(Array(Self.health.utf8))
            #expect(try await first.answers(1).map(\.status) == [200])

            let second = try await RawConnection.open(port: port)
            second.send(Array("GET /ready HTTP/1.0\r\n\r\n".utf8))
            first.send(Array(Self.health.utf8))
            #expect(try await first.answers(2).map(\.status) == [200, 200])
            first.close()
            #expect(try await second.reply().answers.map(\.status) == [200])
        }
    }
}
