import FlashSale
import HTTPTypes
import Logging
import Metrics
import MetricsTestKit
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import FlashSaleAPI

/// The fast path in front of the parser and its guard; what those take, a handler at the end keeps.
@Suite("Fast path")
struct FastPathHandlerTests {
    private let channel = EmbeddedChannel()
    private let later = LaterHandlers()
    private let socket = SocketReads()
    private let gate = RequestGate(maximum: 1)
    private let metrics = TestMetrics()
    private let desk = FastPathDesk()
    private let activity = ConnectionActivity()
    private let errors = NIOLockedValueBox<[String]>([])

    private func connect() throws {
        let answer = Endpoint.Answer(status: .ok, description: "", schema: nil)
        let endpoint = Endpoint(
            method: .get,
            path: "/items/{id}/{user_id}",
            operation: Endpoint.Operation(id: "x", summary: "", answers: [answer], problems: [.notInLine]),
            fast: { [desk] request, answer in desk.take(request, answer) },
            handler: { _, _ in .noContent }
        )
        let form = Endpoint(
            method: .post,
            path: "/items/{id}",
            operation: Endpoint.Operation(id: "y", summary: "", body: "z", answers: [answer]),
            fast: { request, answer in
                let body = String(decoding: request.body, as: UTF8.self)
                answer(.success(FlashSaleAPI.Answer(status: .ok, body: ByteBuffer(string: body))))
                return true
            },
            handler: { _, _ in .noContent }
        )
        let boundary = RequestBoundary(endpoints: [endpoint, form], gate: gate, metricsFactory: metrics)
        let handler = FastPathHandler(
            path: boundary.fastPath(),
            limits: ConnectionLimits(),
            activity: activity,
            writer: FastPathWriter(date: HTTPDate()),
            logger: Logger(label: "test") { [errors] _ in LogErrors(errors: errors) }
        )
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([socket, handler, HTTPResponseEncoder()])
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
        try pipeline.addHandler(
            ConnectionGuard(limits: ConnectionLimits(), activity: activity) { RefusalDocument($0, requestID: "r1") }
        )
        try pipeline.addHandler(later)
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/x"), promise: nil)
    }

    private static func request(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }

    private func receive(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

    private func sent() throws -> [RawAnswer] {
        var bytes = ByteBuffer()
        while let part = try channel.readOutbound(as: IOData.self) {
            if case .byteBuffer(var part) = part { bytes.writeBuffer(&part) }
        }
        return RawAnswer.all(in: String(buffer: bytes))
    }

    /// Answers the request that the later handlers have.
    private func answerLater(_ text: String = "later", overloaded: Bool = false) {
        var head = HTTPResponseHead(version: .http1_1, status: overloaded ? .serviceUnavailable : .ok)
        head.headers.add(name: "Content-Length", value: "\(text.utf8.count)")
        if overloaded { head.headers.add(name: ConnectionRest.header, value: "1") }
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: text))), promise: nil)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        channel.embeddedEventLoop.run()
    }

    private func bodies() throws -> [String] { try sent().map(\.body) }

    @Test("A plain request is answered here, with all that an answer has")
    func answers() throws {
        try connect()
        try receive(Self.request("/items/7/bob"))
        let answer = try #require(try sent().first)
        #expect(answer.status == 200)
        #expect(answer.body == "7 bob")
        #expect(answer.header("content-length") == "5")
        for name in ["date", "x-request-id", "x-content-type-options", "cache-control", "content-type"] {
            #expect(answer.header(name) != nil, "\(name)")
        }
        #expect(later.requests.isEmpty)
        try receive("GET /items/7/bob HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\n\r\n")
        #expect(try sent().first?.header("x-request-id") == "mine")
        let counted = try metrics.expectCounter(
            "flashsale_http_requests_total",
            [("route", "/items/{id}/{user_id}"), ("status", "200")]
        )
        #expect(counted.totalValue == 2)
    }

    @Test("A refusal is a problem document with the request's path and id")
    func refuses() throws {
        try connect()
        try receive(Self.request("/items/7/nobody"))
        let answer = try #require(try sent().first)
        #expect(answer.status == 404)
        #expect(answer.code == "not_in_line")
        #expect(answer.body.contains("\"instance\":\"/items/7/nobody\""))
        #expect(answer.body.contains(try #require(answer.header("x-request-id"))))
    }

    @Test("Requests read together are answered in their order, here and behind")
    func order() throws {
        try connect()
        try receive(
            Self.request("/items/1/wait") + Self.request("/items/2/bob") + Self.request("/other")
                + Self.request("/items/3/bob") + Self.request("/items/4/bob")
        )
        #expect(try sent().isEmpty)
        #expect(later.requests.isEmpty)
        desk.finish("1 wait")
        #expect(try sent().map(\.body) == ["1 wait", "2 bob"])
        #expect(later.requests == ["GET /other "])
        answerLater()
        #expect(try bodies() == ["later", "3 bob", "4 bob"])
        #expect(later.requests == ["GET /other "])
    }

    @Test("A body that comes in parts is passed on, and not a byte of what follows it before its answer")
    func bodyInParts() throws {
        try connect()
        let head = "POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n"
        try receive(head + "12")
        try receive("34")
        try receive("56" + Self.request("/items/1/bob"))
        #expect(later.requests == ["POST /other 123456"])
        #expect(try sent().isEmpty)
        answerLater()
        #expect(try bodies() == ["later", "1 bob"])
    }

    @Test("A body that comes at once behind its head is waited for; a slow one is passed on with what there is")
    func bodyBehindHead() throws {
        try connect()
        let head = "POST /items/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
        try receive(head)
        channel.read()
        #expect(socket.count > 0)
        try receive("ab")
        try receive("cd" + Self.request("/items/1/bob"))
        #expect(try bodies() == ["abcd", "1 bob"])
        #expect(later.requests.isEmpty)
        try receive(head + "ab")
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(100))
        try receive("cd" + Self.request("/items/2/bob"))
        #expect(later.requests == ["POST /items/1 abcd"])
        #expect(try sent().isEmpty)
        answerLater()
        #expect(try bodies() == ["later", "2 bob"])
        try receive(head + "ab")
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(later.events == ["closed"])
    }

    @Test("A head in two segments, and one with a tab or a chunked body, leave the next request to the fast path")
    func resumes() throws {
        try connect()
        try receive("GET /items/1/bob HTTP/1.1\r\n")
        try receive("Host: x\r\n\r\n" + Self.request("/items/2/bob"))
        #expect(try bodies() == ["1 bob", "2 bob"])
        #expect(later.requests.isEmpty)
        let odd = [
            "GET /items/3/bob HTTP/1.1\r\nHost: x\r\nA: b\tc\r\n\r\n",
            "GET /items/3/bob HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, x\r\nX'Y: \u{E9}\r\n\r\n",
            "POST /items/3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n0\r\nX: y\r\n\r\n",
            "GET /items/3/bob HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        ]
        for (index, request) in odd.enumerated() {
            try receive(request + Self.request("/items/4/bob"))
            #expect(later.requests.count == index + 1)
            #expect(try sent().isEmpty)
            answerLater()
            #expect(try bodies() == ["later", "4 bob"], "\(request)")
        }
    }

    @Test(
        "A head that does not go on is given to the parser, whose deadline it then has; a byte now and then gains nothing"
    )
    func slowHead() throws {
        try connect()
        try receive("GET /items/1/bob HT")
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(60))
        try receive("TP")
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(40))
        #expect(activity.state.intake == .head)
        #expect(try sent().isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(try sent().map(\.status) == [408])
    }

    @Test("What a route leaves alone is passed on whole")
    func leftAlone() throws {
        try connect()
        try receive(Self.request("/items/1/leave"))
        #expect(later.requests == ["GET /items/1/leave "])
        answerLater()
        try receive(Self.request("/items/3/bob"))
        #expect(try bodies() == ["later", "3 bob"])
    }

    @Test(
        "Behind an answer of too much to do nothing is begun for two seconds, though it is read",
        arguments: [true, false]
    )
    func throttled(isFast: Bool) throws {
        try connect()
        let before = Self.request(isFast ? "/items/1/overloaded" : "/other")
        try receive(before + Self.request("/items/2/bob") + Self.request("/other") + Self.request("/items/3/bob"))
        if !isFast { answerLater(overloaded: true) }
        let refusal = try #require(try sent().first)
        #expect(refusal.status == 503)
        #expect(refusal.header(ConnectionRest.header) == nil)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1_999))
        #expect(try sent().isEmpty)
        #expect(later.requests.count == (isFast ? 0 : 1))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(try bodies() == ["2 bob"])
        #expect(later.requests.last == "GET /other ")
        answerLater()
        #expect(try bodies() == ["later", "3 bob"])
    }

    @Test("A second answer to a request, and a late one, are dropped and logged: nobody gets another user's document")
    func answeredOnce() throws {
        try connect()
        try receive(Self.request("/items/1/twice"))
        #expect(try bodies() == ["1 twice"])
        #expect(errors.withLockedValue { $0.count } == 1)
        try receive(Self.request("/items/2/keep"))
        desk.finish("2 keep")
        try receive(Self.request("/items/3/wait"))
        #expect(try bodies() == ["2 keep"])
        desk.finishAgain("2 keep")
        #expect(try sent().isEmpty)
        #expect(errors.withLockedValue { $0.count } == 2)
        desk.finish("3 wait")
        #expect(try bodies() == ["3 wait"])
        // One that says it has left the request alone, and answers it at once, or later.
        try receive(Self.request("/items/4/liar"))
        #expect(try bodies() == ["4 liar"])
        try receive(Self.request("/items/5/lateliar"))
        #expect(later.requests == ["GET /items/5/lateliar "])
        desk.finish("5 lateliar")
        #expect(try sent().isEmpty)
        #expect(errors.withLockedValue { $0.count } == 4)
        answerLater()
        #expect(try bodies() == ["later"])
    }

    @Test(
        "A client that expects to be told to go on is told once, right behind its head, and not when that is refused"
    )
    func expectation() throws {
        try connect()
        let head = "POST /other HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
        try receive(head)
        #expect(try sent().map(\.status) == [100])
        try receive("ab")
        try receive("cd")
        #expect(try sent().isEmpty)
        answerLater()
        #expect(try bodies() == ["later"])
        // However TCP has cut it.
        try receive(head + "abcd")
        #expect(try sent().map(\.status) == [100])
        answerLater()
        try receive(Self.request("/items/1/bob"))
        #expect(try bodies() == ["later", "1 bob"])
        try receive(
            "POST /other HTTP/1.0\r\nExpect: 100-continue\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\n"
        )
        #expect(try sent().isEmpty)
        try receive("abcd")
        answerLater()
        #expect(try bodies() == ["later"])
        try receive("POST /other HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 4\r\n\r\n")
        let refusal = try #require(try sent().first)
        #expect(refusal.status == 417)
        #expect(refusal.code == "expectation_failed")
    }

    @Test("While a request waits behind another nothing more is read; then reading goes on")
    func reads() throws {
        try connect()
        try receive(Self.request("/items/1/wait"))
        var before = socket.count
        // One that is worked on: the client's end has to be heard of.
        channel.read()
        #expect(socket.count == before + 1)
        try receive(Self.request("/items/2/wait"))
        before = socket.count
        channel.read()
        #expect(socket.count == before)
        desk.finish("1 wait")
        #expect(socket.count == before + 1)
        desk.finish("2 wait")
        #expect(try sent().map(\.body) == ["1 wait", "2 wait"])
    }

    @Test("The client's end, and the server's, are told once what came before them is answered")
    func events() throws {
        try connect()
        try receive(Self.request("/items/1/wait") + Self.request("/items/2/bob"))
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(later.events.isEmpty)
        desk.finish("1 wait")
        #expect(try bodies() == ["1 wait"])
        // The server goes down: what is new is answered by later handlers, which know how to end.
        #expect(later.requests == ["GET /items/2/bob "])
        #expect(later.events == ["closed"])
        answerLater()
        #expect(try sent().first?.header("connection") == "close")
    }

    @Test("A client that does not read its answers is not worked for")
    func unread() throws {
        try connect()
        channel.isWritable = false
        try receive(Self.request("/items/1/bob") + Self.request("/items/2/bob"))
        #expect(try sent().isEmpty)
        let before = socket.count
        channel.read()
        #expect(socket.count == before)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(try bodies() == ["1 bob", "2 bob"])
        #expect(socket.count == before + 1)
    }

    @Test("An answer whose client has gone is counted")
    func gone() throws {
        try connect()
        try receive(Self.request("/items/1/wait"))
        channel.close(promise: nil)
        channel.embeddedEventLoop.run()
        desk.finish("1 wait")
        let counted = try metrics.expectCounter(
            "flashsale_http_requests_total",
            [("route", "/items/{id}/{user_id}"), ("status", "200")]
        )
        #expect(counted.totalValue == 1)
    }

    @Test("A client that was answered here is no silent one")
    func firstRequest() throws {
        try connect()
        try receive(Self.request("/items/1/bob"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        try receive(Self.request("/items/2/bob"))
        #expect(try bodies() == ["1 bob", "2 bob"])
    }

    @Test("Bytes behind a request that ends the connection are thrown away, and reading goes on")
    func thrownAway() throws {
        try connect()
        try receive("GET /other HTTP/1.1\r\nHost: a b\r\n\r\n" + Self.request("/items/1/bob"))
        #expect(try sent().map(\.status) == [400])
        #expect(later.requests.isEmpty)
    }
}
