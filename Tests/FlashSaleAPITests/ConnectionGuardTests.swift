import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import FlashSaleAPI

/// The guard behind NIO's parser, on a clock that only the test moves.
@Suite("Connection guard")
struct ConnectionGuardTests {
    private let channel = EmbeddedChannel()

    /// Makes an accepted connection.
    private func connect() throws {
        var limits = ConnectionLimits()
        limits.headTime = .seconds(10)
        limits.bodyTime = .seconds(20)
        limits.writeTime = .seconds(30)
        limits.lingerTime = .seconds(2)
        let connectionGuard = ConnectionGuard(limits: limits) { RefusalDocument($0, requestID: "r1") }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
        try pipeline.addHandler(connectionGuard)
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/x"), promise: nil)
    }

    private func receive(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

    private func wait(seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

    private func sent() throws -> [RawAnswer] {
        var bytes = ByteBuffer()
        while var part = try channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&part) }
        return RawAnswer.all(in: String(buffer: bytes))
    }

    private func answer() throws {
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "0"])
        try channel.writeOutbound(HTTPServerResponsePart.head(head))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    @Test("A head that is not there in time is 408, however many of its bytes came")
    func slowHead() throws {
        try connect()
        for byte in "GET /heal" {
            try receive(String(byte))
            wait(seconds: 1)
        }
        #expect(try sent().isEmpty)
        wait(seconds: 1)
        let answers = try sent()
        #expect(answers.map(\.status) == [408])
        #expect(answers.first?.code == "request_timeout")
        #expect(answers.first?.header("connection") == "close")
    }

    @Test("The time for the next head starts with its first byte")
    func secondHead() throws {
        try connect()
        try receive("GET /health HTTP/1.1\r\nHost: shop\r\n\r\n")
        try answer()
        wait(seconds: 3_600)
        try receive("GET ")
        wait(seconds: 9)
        #expect(try sent().map(\.status) == [200])
        wait(seconds: 1)
        #expect(try sent().map(\.status) == [408])
    }

    @Test("A connection that never says a word is closed without one")
    func silence() throws {
        try connect()
        wait(seconds: 9)
        #expect(channel.isActive)
        wait(seconds: 3)
        #expect(!channel.isActive)
        #expect(try sent().isEmpty)
    }

    @Test("A body that is not there in time fails for whoever reads it")
    func slowBody() throws {
        try connect()
        try receive("POST /x HTTP/1.1\r\nHost: shop\r\nContent-Length: 100\r\n\r\n")
        for _ in 0..<19 {
            wait(seconds: 1)
            try receive("x")
        }
        wait(seconds: 1)
        #expect(throws: ConnectionRefusal.bodyTooSlow) { try channel.throwIfErrorCaught() }
        try answer()
        #expect(try sent().first?.header("connection") == "close")
    }

    @Test("A request that came in time has no deadline for its answer")
    func slowAnswer() throws {
        try connect()
        try receive("POST /x HTTP/1.1\r\nHost: shop\r\nContent-Length: 1\r\n\r\nx")
        wait(seconds: 3_600)
        try channel.throwIfErrorCaught()
        try answer()
        #expect(try sent().map(\.status) == [200])
        #expect(channel.isActive)
    }

    @Test("A client that leaves answers unread is cut off, one that reads on is not")
    func unreadAnswers() throws {
        try connect()
        try receive("GET /health HTTP/1.1\r\nHost: shop\r\n\r\n")
        for isWritable in [false, true, false] {
            channel.isWritable = isWritable
            channel.pipeline.fireChannelWritabilityChanged()
            wait(seconds: 29)
            #expect(channel.isActive)
        }
        wait(seconds: 1)
        #expect(!channel.isActive)
    }

    private func refuse() throws {
        let head = HTTPResponseHead(
            version: .http1_1,
            status: .serviceUnavailable,
            headers: ["content-length": "0", ConnectionRest.header: "1"]
        )
        try channel.writeOutbound(HTTPServerResponsePart.head(head))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    @Test("A connection that was told of too much to do is left unread for two seconds, and the client can't see why")
    func rest() throws {
        let reads = ReadCounter()
        try connect()
        try channel.pipeline.syncOperations.addHandler(reads, position: .first)
        try receive("GET /x HTTP/1.1\r\nHost: shop\r\n\r\n")
        try refuse()
        let answer = try #require(try sent().first)
        #expect(answer.status == 503)
        #expect(answer.header(ConnectionRest.header) == nil)

        let before = reads.count
        channel.read()
        wait(seconds: 1)
        #expect(reads.count == before)
        wait(seconds: 1)
        #expect(reads.count == before + 1)
        channel.read()
        #expect(reads.count == before + 2)
    }

    @Test(
        "When the server goes down an idle connection is kept for a moment; a request that comes is answered as the last"
    )
    func grace() throws {
        try connect()
        try answerOne()
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(channel.isActive)
        try receive("GET /health HTTP/1.1\r\nHost: shop\r\n\r\n")
        try answer()
        #expect(try sent().first?.header("connection") == "close")

        try otherConnection(isNew: false)
        try otherConnection(isNew: true)
    }

    private func answerOne() throws {
        try receive("GET /health HTTP/1.1\r\nHost: shop\r\n\r\n")
        try answer()
        #expect(try sent().first?.header("connection") == nil)
    }

    private func otherConnection(isNew: Bool) throws {
        let other = ConnectionGuardTests()
        try other.connect()
        if !isNew { try other.answerOne() }
        other.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        other.channel.embeddedEventLoop.advanceTime(by: .milliseconds(299))
        #expect(other.channel.isActive)
        other.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!other.channel.isActive)
    }
}

/// Counts what gets through to the socket.
private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = Any
    var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}
