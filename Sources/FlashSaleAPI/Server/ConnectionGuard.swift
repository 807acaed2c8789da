import HTTPTypes
import NIOCore
import NIOHTTP1

/// Stands between NIO's HTTP parser and the router, and sees to what neither does: bytes that are no request get a
/// problem document and not a bare 400, slow and idle clients get a deadline, and a connection that can't go on says so.
///
/// What follows from what is decided by ``ConnectionState``; this handler only obeys.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let limits: ConnectionLimits
    private let onRefusal: @Sendable (ConnectionRefusal) -> RefusalDocument
    private let onQuiesce: @Sendable () -> Void
    private var isHTTP10 = false
    /// Whether the answer under way is a stream of events.
    private var isStreaming = false
    private var deadline: (awaited: ConnectionState.Awaited, task: Scheduled<Void>)?
    private var writeDeadline: Scheduled<Void>?
    private var rest = ConnectionRest()
    private var endOfRest: Scheduled<Void>?
    private var endOfGrace: Scheduled<Void>?
    private var isQuiescing = false
    private let activity: ConnectionActivity
    /// Shared with the handler that gives the parser its bytes.
    private var state: ConnectionState {
        get { activity.state }
        _modify { yield &activity.state }
    }
    private var idleCheck: Scheduled<Void>?

    /// - Parameters:
    ///   - limits: What the connection may cost.
    ///   - activity: What the fast path does for the connection.
    ///   - onRefusal: Takes note of a refusal, and gives the document that answers it.
    ///   - onQuiesce: Called when the server goes down: what would not end by itself has to be ended.
    init(
        limits: ConnectionLimits,
        activity: ConnectionActivity = ConnectionActivity(),
        onRefusal: @escaping @Sendable (ConnectionRefusal) -> RefusalDocument,
        onQuiesce: @escaping @Sendable () -> Void = {}
    ) {
        self.onQuiesce = onQuiesce
        self.limits = limits
        self.activity = activity
        self.onRefusal = onRefusal
    }

    func channelActive(context: ChannelHandlerContext) {
        arm(.head, context: context)
        noteActivity()
        checkIdle(in: limits.idleTime, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        disarm()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { disarm() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        let isWanted: Bool
        switch part {
        case .head(var head):
            // Asked first: the parser's word on it does not survive.
            let isKeepAlive = head.isKeepAlive
            HeadRules.trim(&head.headers)
            isWanted = receivedHead(head, isKeepAlive: isKeepAlive, context: context)
            part = .head(head)
        case .body(let bytes): isWanted = state.receivedBody(bytes.readableBytes)
        case .end: isWanted = state.receivedEnd()
        }
        noteActivity()
        guard isWanted else { return }
        context.fireChannelRead(wrapInboundOut(part))
        // Right behind the head, which may have been refused by now: whether the body came with it is TCP's affair.
        if state.takesContinue() {
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        arm(state.readCompleted(), context: context)
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            state.inputClosed()
            // Nobody listens to the events any more: the next one would only find that out.
            if isStreaming { context.close(mode: .all, promise: nil) }
        case is ChannelShouldQuiesceEvent:
            isQuiescing = true
            onQuiesce()
            // A busy connection ends behind its last answer.
            if state.quiesce() == .awaitRequest { awaitRequest(context: context) }
            return
        case is FastPathHandler.FirstRequest:
            if let deadline, deadline.awaited == .head { arm(.nothing, context: context) }
            return
        case is FastPathHandler.Overloaded:
            rest.isDue = true
            if rest.begins() { throttle(context: context) }
            return
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError: obey(state.failed(ConnectionRefusal(error)), context: context)
        // The parser's echo of bytes that came after its error.
        case is ByteToMessageDecoderError: break
        default: context.fireErrorCaught(error)
        }
    }

    func read(context: ChannelHandlerContext) {
        if rest.mayRead() { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headers.first(name: "content-type") == MediaType.events { beginStream(context) }
            context.write(wrapOutboundOut(.head(marked(head))), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            if rest.begins() { throttle(context: context) }
            isStreaming = false
            noteActivity()
            switch state.wroteEnd() {
            case .proceed:
                if state.isIdle { context.triggerUserOutboundEvent(FastPathHandler.RequestEnded(), promise: nil) }
            case .refuse(let refusal): refuse(refusal, context: context)
            case .close:
                context.flush()
                if isQuiescing { context.close(mode: .all, promise: nil) } else { closeGently(context: context) }
            }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeDeadline?.cancel()
        writeDeadline = nil
        if !context.channel.isWritable {
            writeDeadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.writeTime)) {
                context.close(mode: .all, promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }
}

extension ConnectionGuard {
    private func receivedHead(_ head: HTTPRequestHead, isKeepAlive: Bool, context: ChannelHandlerContext) -> Bool {
        if let refusal = HeadRules.refusal(of: head) {
            obey(state.failed(refusal), context: context)
            return false
        }
        isHTTP10 = head.version == .http1_0
        // The parser stops for good behind a request that asks for another protocol; we answer in this one.
        let endsParsing = head.method == .CONNECT || head.headers.contains(name: "upgrade")
        return state.receivedHead(
            isLast: endsParsing || !isKeepAlive,
            framing: HeadRules.framing(of: head),
            expectsContinue: HeadRules.expectsContinue(head)
        )
    }

    /// What a slow reader of events has not read is kept in few bytes, here and in the system: then its deadline begins.
    private func beginStream(_ context: ChannelHandlerContext) {
        isStreaming = true
        guard let options = context.channel.syncOptions else { return }
        try? options.setOption(.writeBufferWaterMark, value: .init(low: 2 * 1_024, high: limits.streamBytes))
        // A transport without the option keeps more; its readers are dropped all the same, only later.
        try? options.setOption(.socketOption(.so_sndbuf), value: .init(limits.streamBytes))
    }

    private func marked(_ head: HTTPResponseHead) -> HTTPResponseHead {
        var head = head
        rest.writingHead(&head)
        if state.writingHead() {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        } else if isHTTP10 {
            head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        return head
    }

    private func obey(_ action: ConnectionState.FailureAction, context: ChannelHandlerContext) {
        switch action {
        case .ignore: break
        case .refuse(let refusal): refuse(refusal, context: context)
        case .failBody(let refusal): context.fireErrorCaught(refusal)
        case .close: closeGently(context: context)
        }
    }

    private func refuse(_ refusal: ConnectionRefusal, context: ChannelHandlerContext) {
        let document = onRefusal(refusal)
        context.write(wrapOutboundOut(.head(document.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(document.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        closeGently(context: context)
    }

    /// Closes our side now, and the client's when it does so or its time is up.
    private func closeGently(context: ChannelHandlerContext) {
        disarm()
        state.endThrottling()
        let isReadWanted = rest.ends()
        // What waits to be parsed is thrown away, and so is what still comes.
        context.triggerUserOutboundEvent(FastPathHandler.RequestEnded(), promise: nil)
        if isReadWanted { context.read() }
        context.close(mode: .output, promise: nil)
        let task = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.lingerTime)) {
            context.close(mode: .all, promise: nil)
        }
        deadline = (.nothing, task)
    }

    /// Answers what comes within the time of grace; then the connection ends, at once or behind its answer.
    private func awaitRequest(context: ChannelHandlerContext) {
        endOfGrace = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.graceTime)) {
            if !self.state.owesAnswer { context.close(mode: .all, promise: nil) }
        }
    }

    private func noteActivity() { activity.last = .now() }

    /// Ends the connection when nothing has moved for too long and nothing is being worked on.
    private func checkIdle(in time: Duration, _ context: ChannelHandlerContext) {
        idleCheck = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
            let idle = Duration.nanoseconds((NIODeadline.now() - self.activity.last).nanoseconds)
            if self.state.owesAnswer || self.activity.isBusy {
                self.checkIdle(in: self.limits.idleTime, context)
            } else if idle < self.limits.idleTime {
                self.checkIdle(in: self.limits.idleTime - idle, context)
            } else {
                context.close(mode: .all, promise: nil)
            }
        }
    }

    /// Begins no request, and reads nothing, until the throttling is over.
    private func throttle(context: ChannelHandlerContext) {
        state.throttle()
        endOfRest = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.restTime)) {
            self.endThrottling(context: context)
        }
    }

    private func endThrottling(context: ChannelHandlerContext) {
        state.endThrottling()
        let isReadWanted = rest.ends()
        if state.isIdle { context.triggerUserOutboundEvent(FastPathHandler.RequestEnded(), promise: nil) }
        if isReadWanted { context.read() }
    }

    /// Sets the deadline for what the client has to send; the same again leaves a running one alone.
    private func arm(_ awaited: ConnectionState.Awaited, context: ChannelHandlerContext) {
        if let deadline, deadline.awaited == awaited || deadline.awaited == .nothing { return }
        deadline?.task.cancel()
        deadline = nil
        guard awaited != .nothing else { return }
        let time = awaited == .head ? limits.headTime : limits.bodyTime
        let task = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
            self.deadline = nil
            self.obey(self.state.timedOut(waitingFor: awaited), context: context)
        }
        deadline = (awaited, task)
    }

    private func disarm() {
        deadline?.task.cancel()
        deadline = nil
        writeDeadline?.cancel()
        writeDeadline = nil
        endOfRest?.cancel()
        endOfGrace?.cancel()
        idleCheck?.cancel()
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}

/// The answer to a request that the router never saw.
struct RefusalDocument: Sendable {
    /// Status and header fields.
    let head: HTTPResponseHead
    /// The problem document.
    let body: ByteBuffer

    /// - Parameter requestID: What the operator finds in the log.
    init(_ refusal: ConnectionRefusal, requestID: String) {
        let problem = refusal.problem
        body = problem.document(path: nil, requestID: requestID)
        let status = HTTPResponseStatus(statusCode: problem.code.status.code)
        let headers: HTTPHeaders = [
            "Content-Type": Problem.mediaType,
            "Content-Length": String(body.readableBytes),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Request-Id": requestID,
            "Connection": "close",
        ]
        head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }
}
