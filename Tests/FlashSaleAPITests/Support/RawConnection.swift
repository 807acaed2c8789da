import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A TCP connection that sends bytes as they are and collects what comes back until the server closes.
struct RawConnection {
    /// What came back over a connection.
    struct Reply {
        let text: String
        /// Where each answer begins.
        let answers: [RawAnswer]

        init(_ bytes: ByteBuffer) {
            text = String(buffer: bytes)
            answers = RawAnswer.all(in: text)
        }
    }

    /// The server did not close the connection.
    struct Overdue: Error {}

    /// More than a server needs on a loaded machine; a test that reaches it fails.
    static let deadline = TimeAmount.seconds(60)

    private let channel: any Channel
    private let collector: Collector

    /// Connects to a loopback port.
    ///
    /// - Parameter reads: Whether what the server sends is taken in.
    static func open(port: Int, reads: Bool = true) async throws -> RawConnection {
        let group = MultiThreadedEventLoopGroup.singleton
        let collector = Collector(eventLoop: group.next())
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(collector) }
            }
            .connect(host: "localhost", port: port)
            .get()
        return RawConnection(channel: channel, collector: collector)
    }

    /// Sends bytes.
    ///
    /// That the server stops listening before the last one is no failure.
    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// Closes this side once everything is sent.
    func closeInput() { channel.close(mode: .output, promise: nil) }

    /// Ends the connection.
    func close() { channel.close(mode: .all, promise: nil) }

    /// Everything the server sent until it closed its side.
    ///
    /// - Throws: ``Overdue`` when it does not.
    func reply() async throws -> Reply {
        let timeout = channel.eventLoop.scheduleTask(in: Self.deadline) { collector.giveUp() }
        defer { timeout.cancel() }
        let reply = Reply(try await collector.everything.get())
        close()
        return reply
    }

    /// What the server has sent, once it holds `part`; what there is when the server closes before.
    func text(with part: String) async throws -> String {
        let timeout = channel.eventLoop.scheduleTask(in: Self.deadline) { channel.close(promise: nil) }
        defer { timeout.cancel() }
        var bytes = collector.current
        while true {
            let text = String(buffer: bytes.received)
            if text.contains(part) || bytes.isEnd { return text }
            bytes = try await collector.next()
        }
    }

    /// The server's words once there are `count` whole answers.
    func answers(_ count: Int) async throws -> [RawAnswer] {
        while true {
            let bytes = try await collector.next()
            let answers = RawAnswer.all(in: String(buffer: bytes.received))
            if answers.count >= count || bytes.isEnd { return answers }
        }
    }
}

/// One HTTP answer as it stood on the wire.
struct RawAnswer {
    let status: Int
    let head: String
    let body: String

    /// The `code` of a problem document.
    var code: String? {
        let json = try? JSONSerialization.jsonObject(with: Data(body.utf8))
        return (json as? [String: Any])?["code"] as? String
    }

    /// A header field's value; the names are looked for without regard to case.
    func header(_ name: String) -> String? {
        for line in head.components(separatedBy: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.first?.lowercased() == name.lowercased() {
                return parts.last?.trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }

    /// Every whole answer in what a server has sent.
    static func all(in text: String) -> [RawAnswer] {
        var answers: [RawAnswer] = []
        var rest = Data(text.utf8)
        while let end = rest.range(of: Data("\r\n\r\n".utf8)) {
            let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
            let words = head.split(separator: " ")
            guard words.count > 1, let status = Int(words[1]) else { break }
            let length = RawAnswer(status: status, head: head, body: "").header("content-length").flatMap { Int($0) }
            guard rest.distance(from: end.upperBound, to: rest.endIndex) >= length ?? 0 else { break }
            let body = rest[end.upperBound...].prefix(length ?? 0)
            answers.append(RawAnswer(status: status, head: head, body: String(decoding: body, as: UTF8.self)))
            rest = rest[body.endIndex...]
        }
        return answers
    }
}

/// Collects bytes until the other side closes.
private final class Collector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    typealias Progress = (received: ByteBuffer, isEnd: Bool)

    private struct State {
        var received = ByteBuffer()
        var isEnd = false
        var waiters: [EventLoopPromise<Progress>] = []
        var seen = 0
    }

    /// Succeeds when the other side has closed.
    var everything: EventLoopFuture<ByteBuffer> { end.futureResult }

    private let end: EventLoopPromise<ByteBuffer>
    private let eventLoop: any EventLoop
    private let state = NIOLockedValueBox(State())

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        end = eventLoop.makePromise()
    }

    /// What there is now.
    var current: Progress { state.withLockedValue { (received: $0.received, isEnd: $0.isEnd) } }

    /// What there is, as soon as there is more than the last caller saw.
    func next() async throws -> Progress {
        let promise = eventLoop.makePromise(of: Progress.self)
        state.withLockedValue { $0.waiters.append(promise) }
        wakeUp()
        return try await promise.futureResult.get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        state.withLockedValue { _ = $0.received.writeBuffer(&bytes) }
        wakeUp()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { finish() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Ends the wait for the other side.
    func giveUp() { end.fail(RawConnection.Overdue()) }

    private func finish() {
        let received = state.withLockedValue { state in
            state.isEnd = true
            return state.received
        }
        end.succeed(received)
        wakeUp()
    }

    private func wakeUp() {
        let (waiters, progress) = state.withLockedValue { state -> ([EventLoopPromise<Progress>], Progress) in
            let progress = (received: state.received, isEnd: state.isEnd)
            guard state.isEnd || state.received.readableBytes > state.seen, !state.waiters.isEmpty else {
                return ([], progress)
            }
            state.seen = state.received.readableBytes
            defer { state.waiters = [] }
            return (state.waiters, progress)
        }
        for waiter in waiters { waiter.succeed(progress) }
    }
}
