import HTTPTypes
import Logging
import NIOCore

/// Answers plain requests of the routes that a crowd asks for before they reach the HTTP parser, on the event loop and
/// without a task; everything else it gives to the parser, byte for byte, and not a byte too many.
///
/// Requests are answered in their order, one at a time. While one is worked on, here or by later handlers, what follows it
/// stays here as bytes: of that there is one read, then nothing more is read. So it is while the client is throttled, and while
/// it does not read its answers.
///
/// Where a request ends that is not answered here, only the parser knows: ``ConnectionState/intake`` says after each portion
/// what it may be given next. So no second opinion is asked, and behind the request's answer, ``RequestEnded``, the
/// next request may be a plain one again.
final class FastPathHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// Tells later handlers that the client has said something: fired before the first answer from here.
    struct FirstRequest: Sendable {}
    /// Tells later handlers that a client was answered here that there is too much to do.
    struct Overloaded: Sendable {}
    /// Tells this handler that the request which the parser was given is answered, and that another one may begin.
    struct RequestEnded: Sendable {}

    private enum State {
        /// No request is under way.
        case open
        /// Of a request that may be for us not all is there: so many bytes are needed before it is looked at again.
        case awaiting(Int)
        /// A request is worked on here.
        case answering
        /// The parser is given a request, or later handlers work on it.
        case parsing
    }

    /// What is answered here.
    private struct Work {
        let route: FastRoute
        let id: RequestIDs.ID
        let start: NIODeadline
        /// The bytes that begin with the request, and where its path lies in them.
        let bytes: ByteBuffer
        let path: Range<Int>

        var pathText: String {
            let start = bytes.readerIndex + path.lowerBound
            return bytes.getString(at: start, length: path.count) ?? ""
        }
    }

    private let path: FastPath?
    private let activity: ConnectionActivity
    private let writer: FastPathWriter
    private let headLimit: Int
    private let bodyLimit: Int
    private let logger: Logger

    private var context: ChannelHandlerContext?
    private var state = State.open
    private var work: Work?
    /// What was read behind a request that is being worked on, or of a request that is awaited.
    private var pending = ByteBuffer()
    private var isReadWanted = false
    /// Ends the wait for the rest of a request.
    private var bodyTimeout: Scheduled<Void>?
    private var blankLines = BlankLines()
    /// Whether the parser was given bytes, and has not heard that there are no more for now.
    private var hasPassedOn = false
    private var hasBegun = false
    private var isWorkingOff = false
    /// Whether the server goes down: new requests get their answers, and the connection its end, behind.
    private var isLeaving = false
    /// Events that are told once all that came before them is answered or passed on.
    private var delayedEvents: [any Sendable] = []
    /// The number of the request that is, or was last, worked on here.
    private var generation: UInt64 = 0

    /// - Parameter path: The routes that are answered here; nil for none.
    init(
        path: FastPath?,
        limits: ConnectionLimits,
        activity: ConnectionActivity,
        writer: FastPathWriter,
        logger: Logger
    ) {
        self.path = path
        self.activity = activity
        self.writer = writer
        self.logger = logger
        headLimit = min(4_096, limits.requestLineBytes, limits.headerBytes)
        bodyLimit = limits.bodyBytes
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        pending = ByteBuffer()
        bodyTimeout?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard pending.readableBytes > 0 else { return workOff(bytes) }
        pending.writeBuffer(&bytes)
        guard case .awaiting(let length) = state, pending.readableBytes >= length else { return }
        state = .open
        goOn()
    }

    /// Later handlers hear of what they are given, not of what was read.
    func channelReadComplete(context: ChannelHandlerContext) {}

    func read(context: ChannelHandlerContext) {
        if isFull { isReadWanted = true } else { context.read() }
    }

    /// Whether what was read has to be worked off before more of it is taken.
    private var isFull: Bool {
        if case .awaiting = state { return false }
        return pending.readableBytes > 0
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as ChannelShouldQuiesceEvent:
            isLeaving = true
            tell(event, context)
        case let event as ChannelEvent: tell(event, context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is RequestEnded else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        guard case .parsing = state else { return }
        state = .open
        guard !isWorkingOff else { return }
        if pending.readableBytes > 0 {
            // Not from within the write of the answer before.
            context.eventLoop.assumeIsolated().execute { self.goOn() }
        } else {
            goOn()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, case .open = state { goOn() }
        context.fireChannelWritabilityChanged()
    }
}

// MARK: - Requests

extension FastPathHandler {
    /// Takes bytes for as long as they may be worked on, and keeps the rest.
    private func workOff(_ bytes: ByteBuffer) {
        var bytes = bytes
        isWorkingOff = true
        while bytes.readableBytes > 0, take(&bytes) {}
        if bytes.readableBytes > 0 { pending = bytes }
        endPassingOn()
        isWorkingOff = false
    }

    /// - Returns: Whether more may be taken; else what is left has to wait.
    private func take(_ bytes: inout ByteBuffer) -> Bool {
        switch (state, activity.state.intake) {
        case (.awaiting, _), (.answering, _), (_, .later): return false
        case (_, .never): bytes.clear()
        case (.open, _):
            endPassingOn()
            // A client that does not read its answers gets no more.
            guard let context, context.channel.isWritable else { return false }
            begin(&bytes)
        case (.parsing, .head), (.parsing, .chunks): passOn(blankLines.prefix(of: bytes), of: &bytes)
        case (.parsing, .body(let rest)): passOn(max(1, min(rest, bytes.readableBytes)), of: &bytes)
        }
        return true
    }

    /// What became of the bytes that begin with a request.
    private enum Beginning {
        /// So many bytes are taken: the request is answered, or being worked on.
        case taken(Int)
        /// So many bytes are needed.
        case incomplete(Int)
        /// The request is one for the parser.
        case parsed
    }

    private func begin(_ bytes: inout ByteBuffer) {
        let received = bytes
        let beginning = received.withUnsafeReadableBytes { begin($0, received) }
        if case .incomplete(let count) = beginning { return wait(for: count) }
        bodyTimeout?.cancel()
        bodyTimeout = nil
        if case .taken(let count) = beginning { bytes.moveReaderIndex(forwardBy: count) } else { beginParsing() }
    }

    private func beginParsing() {
        state = .parsing
        blankLines = BlankLines()
    }

    private func begin(_ raw: UnsafeRawBufferPointer, _ bytes: ByteBuffer) -> Beginning {
        guard let path, !isLeaving else { return .parsed }
        switch FastRequest.read(raw, headLimit: headLimit) {
        case .unclear: return .parsed
        case .incomplete: return .incomplete(raw.count + 1)
        case .plain(var request):
            guard request.bodyLength <= bodyLimit, let route = path.route(of: &request) else { return .parsed }
            guard request.length <= raw.count else { return .incomplete(request.length) }
            let length = request.length
            return begin(request, route, path, bytes) ? .taken(length) : .parsed
        }
    }

    /// Many clients send head and body one after the other, and long heads come in two segments.
    ///
    /// What takes longer has its deadline in later handlers.
    private func wait(for length: Int) {
        state = .awaiting(length)
        // Counts from the first portion: a client gains nothing by sending a byte now and then.
        guard bodyTimeout == nil else { return }
        bodyTimeout = context?.eventLoop.assumeIsolated().scheduleTask(in: Self.longestWait) { self.stopWaiting() }
    }

    private static let longestWait = TimeAmount.milliseconds(100)

    private func stopWaiting() {
        bodyTimeout?.cancel()
        bodyTimeout = nil
        guard case .awaiting = state else { return }
        beginParsing()
        goOn()
    }

    private func begin(_ request: FastRequest, _ route: FastRoute, _ path: FastPath, _ bytes: ByteBuffer) -> Bool {
        let id = path.boundary.ids.id(given: request.requestID.map(request.text))
        generation += 1
        let current = generation
        work = Work(route: route, id: id, start: .now(), bytes: bytes, path: request.target)
        state = .answering
        activity.isBusy = true
        let isTaken = route.handler(request, FastCompletion(handler: self, generation: current))
        if isTaken || generation != current || work == nil {
            if !isTaken { logger.error("a route that left a request alone has answered it") }
            noteFirstRequest()
            return true
        }
        // An answer that comes all the same is late.
        work = nil
        activity.isBusy = false
        return false
    }

    private func noteFirstRequest() {
        guard !hasBegun else { return }
        hasBegun = true
        context?.fireUserInboundEventTriggered(FirstRequest())
    }

    private func passOn(_ count: Int, of bytes: inout ByteBuffer) {
        guard let context, let part = bytes.readSlice(length: count) else { return bytes.clear() }
        hasBegun = true
        hasPassedOn = true
        context.fireChannelRead(wrapInboundOut(part))
    }

    /// Tells the parser that there is no more of the request for now, or of it at all.
    private func endPassingOn() {
        guard hasPassedOn else { return }
        hasPassedOn = false
        context?.fireChannelReadComplete()
    }
}

// MARK: - Answers

extension FastPathHandler {
    /// - Parameter request: The number of the request that is answered.
    fileprivate func finish(_ result: Result<Answer, any Error>, of request: UInt64) {
        guard let path, let work, request == generation else {
            logger.error("a route has answered a request twice, or too late: the answer is dropped")
            return
        }
        self.work = nil
        let now = NIODeadline.now()
        activity.isBusy = false
        activity.last = now
        var failure: (any Error)?
        var answer: Answer
        switch result {
        case .success(let success): answer = success
        case .failure(let error):
            let problem = RequestBoundary.problem(for: error)
            if problem.isOurs { failure = error }
            answer = Answer(problem, path: work.pathText, requestID: path.boundary.ids.text(of: work.id))
        }
        let isOverloaded = answer.takeOverload()
        if let context {
            let bytes = writer.write(answer, id: work.id, ids: path.boundary.ids)
            context.writeAndFlush(wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
        }
        work.route.metrics.record(status: answer.status.code, nanoseconds: (now - work.start).nanoseconds)
        path.boundary.note(
            work.route.method == .post ? .post : .get,
            work.pathText,
            id: path.boundary.ids.text(of: work.id),
            status: answer.status.code,
            failure: failure,
            logger: logger
        )
        guard let context else { return }
        if isOverloaded {
            // The parser's side counts the time, and says when it is over.
            beginParsing()
            context.fireUserInboundEventTriggered(Overloaded())
        } else {
            state = .open
        }
        goOn()
    }

    /// Works off what was kept, then tells what was delayed, and reads on.
    private func goOn() {
        guard !isWorkingOff else { return }
        if pending.readableBytes > 0 {
            let bytes = pending
            pending = ByteBuffer()
            workOff(bytes)
        }
        guard let context else { return }
        if isReadWanted, !isFull {
            isReadWanted = false
            context.read()
        }
        if case .answering = state { return }
        guard pending.readableBytes == 0, !delayedEvents.isEmpty else { return }
        let events = delayedEvents
        delayedEvents.removeAll()
        for event in events { context.fireUserInboundEventTriggered(event) }
    }

    private func tell(_ event: any Sendable, _ context: ChannelHandlerContext) {
        // What is awaited will not come, or is to be answered by later handlers.
        stopWaiting()
        if case .answering = state {
            delayedEvents.append(event)
        } else if pending.readableBytes > 0 {
            delayedEvents.append(event)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}

@available(*, unavailable)
extension FastPathHandler: Sendable {}

/// Answers one request of the fast path, on its event loop, once: a second answer, or a late one, is dropped and logged as an
/// error, so that it can't become the answer to another user's request.
struct FastCompletion {
    fileprivate let handler: FastPathHandler
    fileprivate let generation: UInt64

    func callAsFunction(_ result: Result<Answer, any Error>) { handler.finish(result, of: generation) }
}

@available(*, unavailable)
extension FastCompletion: Sendable {}

/// What the handlers of one connection know of it together, on its event loop.
final class ConnectionActivity {
    /// What it is in the middle of, as the parser sees it.
    var state = ConnectionState()
    /// Whether a request is worked on by the fast path.
    var isBusy = false
    /// When the last answer was given.
    var last = NIODeadline.uptimeNanoseconds(0)
}

@available(*, unavailable)
extension ConnectionActivity: Sendable {}
