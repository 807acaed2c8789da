import FlashSale
import HTTPTypes
import Logging
import Metrics
import MetricsTestKit
import NIOCore
import NIOEmbedded
import Testing

@testable import FlashSaleAPI

/// The fast path alone: in front of it a client, behind it whatever would parse the rest.
@Suite("Fast path")
struct FastPathHandlerTests {
    private let channel = EmbeddedChannel()
    private let behind = Behind()
    private let socket = SocketReads()
    private let gate = RequestGate(maximum: 1)
    private let metrics = TestMetrics()
    private let desk = Desk()

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
            path: try #require(boundary.fastPath()),
            limits: ConnectionLimits(),
            activity: ConnectionActivity(),
            writer: FastPathWriter(date: HTTPDate()),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try channel.pipeline.syncOperations.addHandler(socket)
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.pipeline.syncOperations.addHandler(behind)
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

    private func end() {
        channel.triggerUserOutboundEvent(FastPathHandler.RequestEnded(), promise: nil)
        channel.embeddedEventLoop.run()
    }

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
        #expect(behind.text.isEmpty)
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
        #expect(behind.text.isEmpty)
        desk.finish("1 wait")
        #expect(try sent().map(\.body) == ["1 wait", "2 bob"])
        #expect(behind.text == Self.request("/other"))
        end()
        #expect(try sent().map(\.body) == ["3 bob", "4 bob"])
        #expect(behind.text == Self.request("/other"))
    }

    @Test("A body that comes in parts is passed on, and not a byte of what follows it before its answer")
    func bodyInParts() throws {
        try connect()
        let head = "POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n"
        try receive(head + "12")
        try receive("34")
        try receive("56" + Self.request("/items/1/bob"))
        #expect(behind.text == head + "123456")
        #expect(try sent().isEmpty)
        end()
        #expect(try sent().map(\.body) == ["1 bob"])
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
        #expect(try sent().map(\.body) == ["abcd", "1 bob"])
        #expect(behind.text.isEmpty)
        try receive(head + "ab")
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(100))
        #expect(behind.text == head + "ab")
        try receive("cd" + Self.request("/items/2/bob"))
        #expect(behind.text == head + "abcd")
        #expect(try sent().isEmpty)
        end()
        #expect(try sent().map(\.body) == ["2 bob"])
        try receive(head + "ab")
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(behind.text == head + "abcd" + head + "ab")
        #expect(behind.events == ["first", "closed"])
    }

    @Test("Behind a request whose end is not known, everything is passed on for good")
    func handedOver() throws {
        try connect()
        try receive("GET /items/1/bob HTTP/1.1\r\n")
        try receive("Host: x\r\n\r\n")
        end()
        try receive(Self.request("/items/2/bob"))
        #expect(behind.text == Self.request("/items/1/bob") + Self.request("/items/2/bob"))
        #expect(try sent().isEmpty)
    }

    @Test("What a route leaves alone is passed on whole")
    func leftAlone() throws {
        try connect()
        try receive(Self.request("/items/1/leave"))
        #expect(behind.text == Self.request("/items/1/leave"))
        end()
        try receive(Self.request("/items/3/bob"))
        #expect(try sent().map(\.body) == ["3 bob"])
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
        #expect(behind.events == ["first"])
        desk.finish("1 wait")
        #expect(try sent().map(\.body) == ["1 wait"])
        // The server goes down: what is new is answered behind, which knows how to end.
        #expect(behind.text == Self.request("/items/2/bob"))
        #expect(behind.events == ["first", "quiesce", "closed"])
    }

    @Test("A client that does not read its answers is not worked for")
    func unread() throws {
        try connect()
        channel.isWritable = false
        try receive(Self.request("/items/1/bob") + Self.request("/items/2/bob"))
        #expect(try sent().map(\.body) == ["1 bob"])
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(try sent().map(\.body) == ["2 bob"])
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

    @Test("Those behind hear once that the client has said something")
    func firstRequest() throws {
        try connect()
        try receive(Self.request("/items/1/bob"))
        try receive(Self.request("/items/1/bob"))
        #expect(behind.events == ["first"])
    }
}

/// Answers at once, later, or not at all, as the user's name says.
///
/// Touched on the test's thread only.
private final class Desk: @unchecked Sendable {
    private var waiting: [String: (Result<FlashSaleAPI.Answer, any Error>) -> Void] = [:]

    func take(_ request: FastRequest, _ answer: @escaping (Result<FlashSaleAPI.Answer, any Error>) -> Void) -> Bool {
        let (id, user) = (request.text(request.parameters.0), request.text(request.parameters.1))
        switch user {
        case "leave": return false
        case "nobody": answer(.failure(Problem.notInLine))
        case "wait": waiting["\(id) wait"] = answer
        default: answer(.success(Self.answer("\(id) \(user)")))
        }
        return true
    }

    func finish(_ text: String) { waiting.removeValue(forKey: text)?(.success(Self.answer(text))) }

    private static func answer(_ text: String) -> FlashSaleAPI.Answer {
        FlashSaleAPI.Answer(status: .ok, body: ByteBuffer(string: text))
    }
}

/// Keeps what is passed on.
private final class Behind: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    var text = ""
    var events: [String] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { text += String(buffer: unwrapInboundIn(data)) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: events.append("quiesce")
        case ChannelEvent.inputClosed: events.append("closed")
        case is FastPathHandler.FirstRequest: events.append("first")
        default: break
        }
    }
}

/// Counts what gets through to the socket.
private final class SocketReads: ChannelOutboundHandler {
    typealias OutboundIn = Any
    var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}
