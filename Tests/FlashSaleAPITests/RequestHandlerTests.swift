import HTTPTypes
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import FlashSaleAPI

/// One connection on an event loop that only the test turns: its tasks run there, so nothing here waits for a thread.
@Suite("Request handler")
struct RequestHandlerTests {
    private let channel = EmbeddedChannel()
    private let counter = ReadCounter()

    private func connect(_ respond: @escaping @Sendable (Request) async throws -> Response) throws {
        let handler = RequestHandler(
            channel: channel,
            responder: ScriptedResponder(script: respond),
            bodyBytes: 8,
            date: HTTPDate(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try channel.pipeline.syncOperations.addHandler(counter)
        try channel.pipeline.syncOperations.addHandler(handler)
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/x"), promise: nil)
    }

    private func receive(_ path: String, body: String = "", ends: Bool = true) throws {
        let head = HTTPRequest(method: .post, scheme: "http", authority: "shop", path: path)
        try channel.writeInbound(HTTPRequestPart.head(head))
        if !body.isEmpty { try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: body))) }
        if ends { try channel.writeInbound(HTTPRequestPart.end(nil)) }
        turn()
    }

    private func turn() { channel.embeddedEventLoop.run() }

    /// What was flushed: the status of each head, the text of each body, and `.` for each end.
    private func sent() throws -> [String] {
        var parts: [String] = []
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            switch part {
            case .head(let head):
                #expect(head.headerFields[.date] != nil)
                parts.append(String(head.status.code))
            case .body(let bytes): parts.append(String(buffer: bytes))
            case .end: parts.append(".")
            }
        }
        return parts
    }

    private func setWritable(_ isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
        turn()
    }

    private static func answer(_ text: String) -> Response {
        Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    @Test("What waits for nothing is answered at once, one request after the other")
    func atOnce() throws {
        try connect { Self.answer($0.uri.path) }
        for path in ["/a", "/b", "/c"] {
            try receive(path)
            #expect(try sent() == ["200", path, "."])
        }
    }

    @Test("A request behind one that takes its time waits for it, and is answered behind it")
    func order() throws {
        let door = Door()
        try connect { request in
            if request.uri.path == "/slow" { await door.pass() }
            return Self.answer(request.uri.path)
        }
        try receive("/slow")
        try receive("/b")
        try receive("/c")
        #expect(try sent() == [])
        door.open()
        turn()
        #expect(try sent() == ["200", "/slow", ".", "200", "/b", ".", "200", "/c", "."])
    }

    @Test("Nothing more is read while a request waits behind another; then reading goes on")
    func reads() throws {
        let door = Door()
        try connect { _ in
            await door.pass()
            return Self.answer("")
        }
        try receive("/a")
        var before = counter.reads
        // One that is worked on: the client's end has to be heard of.
        channel.read()
        #expect(counter.reads == before + 1)
        try receive("/b")
        before = counter.reads
        channel.read()
        #expect(counter.reads == before)
        door.open()
        turn()
        #expect(counter.reads == before + 1)
    }

    @Test("A body is refused by its reader when it is too large, before its end")
    func tooLarge() throws {
        try connect { request in
            do {
                return Self.answer(String(buffer: try await request.body.collect(upTo: 8)))
            } catch { return Response(status: .contentTooLarge) }
        }
        try receive("/a", body: "12345678")
        #expect(try sent() == ["200", "12345678", "."])
        try receive("/b", body: "123456789", ends: false)
        #expect(try sent().first == "413")
    }

    @Test("A body that the connection's guard gives up fails for its reader, who is answered")
    func slowBody() throws {
        try connect { request in
            do {
                return Self.answer(String(buffer: try await request.body.collect(upTo: 8)))
            } catch is ConnectionRefusal { return Response(status: .requestTimeout) }
        }
        try receive("/a", body: "1", ends: false)
        channel.pipeline.fireErrorCaught(ConnectionRefusal.bodyTooSlow)
        turn()
        #expect(try sent().first == "408")
        // Once more, with nobody who reads: the guard closes the connection behind its answers, we don't.
        channel.pipeline.fireErrorCaught(ConnectionRefusal.malformed)
        #expect(channel.isActive)
    }

    @Test("Another error ends the connection")
    func channelError() throws {
        try connect { _ in Self.answer("") }
        channel.pipeline.fireErrorCaught(ChannelError.writeHostUnreachable)
        turn()
        #expect(!channel.isActive)
    }

    @Test("A client that has closed its side gets all its answers, then the connection ends")
    func halfClose() throws {
        let door = Door()
        try connect { request in
            await door.pass()
            return Self.answer(request.uri.path)
        }
        try receive("/a")
        try receive("/b")
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        turn()
        #expect(channel.isActive)
        door.open()
        turn()
        #expect(try sent() == ["200", "/a", ".", "200", "/b", "."])
        #expect(!channel.isActive)
    }

    @Test("A client that closes its side without a question is let go")
    func idleHalfClose() throws {
        try connect { _ in Self.answer("") }
        try receive("/a")
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        turn()
        #expect(!channel.isActive)
    }

    @Test("An error that nobody foresaw is 500, and the next request is answered")
    func unforeseen() throws {
        try connect { request in
            if request.uri.path == "/bad" { throw ChannelError.eof }
            return Self.answer("fine")
        }
        try receive("/bad")
        #expect(try sent().first == "500")
        try receive("/good")
        #expect(try sent() == ["200", "fine", "."])
    }

    @Test("A body that breaks off ends the connection: the client must not take it for whole")
    func brokenBody() throws {
        try connect { _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "part"))
                    throw ChannelError.eof
                }
            )
        }
        try receive("/a")
        #expect(try sent() == ["200", "part"])
        #expect(!channel.isActive)
    }
}

extension RequestHandlerTests {
    /// Three events, each written when the last one was taken.
    private func connectStream(_ events: Events) throws {
        try connect { _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    events.note("begun")
                    do {
                        for event in ["1", "2", "3"] {
                            try await writer.write(ByteBuffer(string: event))
                            events.note(event)
                        }
                        try await writer.finish(nil)
                    } catch {
                        events.note(Task.isCancelled ? "cancelled" : "failed")
                        throw error
                    }
                }
            )
        }
    }

    @Test("A stream waits while its client does not read, and goes on when it does")
    func backPressure() throws {
        let events = Events()
        try connectStream(events)
        channel.isWritable = false
        try receive("/events")
        #expect(try sent() == ["200", "1"])
        #expect(events.all == ["begun"])
        setWritable(true)
        #expect(try sent() == ["2", "3", "."])
        #expect(events.all == ["begun", "1", "2", "3"])
    }

    @Test("A stream whose client goes while it waits ends, and its task is cancelled")
    func gone() throws {
        let events = Events()
        try connectStream(events)
        channel.isWritable = false
        try receive("/events")
        channel.close(promise: nil)
        turn()
        #expect(events.all == ["begun", "cancelled"])
    }

    @Test("An answer that is worked on when its client goes is given up")
    func abandoned() throws {
        let events = Events()
        let door = Door()
        try connect { _ in
            await door.pass()
            events.note(Task.isCancelled ? "cancelled" : "not cancelled")
            return Self.answer("")
        }
        try receive("/a")
        channel.close(promise: nil)
        turn()
        door.open()
        turn()
        #expect(events.all == ["cancelled"])
        #expect(try sent() == [])
    }
}

private struct ScriptedResponder: HTTPResponder {
    typealias Context = BasicRequestContext
    let script: @Sendable (Request) async throws -> Response

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        try await script(request)
    }
}

/// Keeps those who come waiting until it is opened.
private final class Door: Sendable {
    private let state = NIOLockedValueBox((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLockedValue { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLockedValue { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// What happened, in its order.
private final class Events: Sendable {
    private let notes = NIOLockedValueBox<[String]>([])
    var all: [String] { notes.withLockedValue { $0 } }

    func note(_ event: String) { notes.withLockedValue { $0.append(event) } }
}

/// Counts what gets through to the socket.
private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = Any
    var reads = 0

    func read(context: ChannelHandlerContext) {
        reads += 1
        context.read()
    }
}
