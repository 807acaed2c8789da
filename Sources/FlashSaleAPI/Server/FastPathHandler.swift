import HTTPTypes
import Logging
import NIOCore

/// Answers plain requests of the routes that a crowd asks for before they reach the HTTP parser, on the event loop and
/// without a task; everything else it passes on, byte for byte.
///
/// Requests are answered in their order: while one is worked on, here or behind, what follows it is kept, and not read.
/// A request passed on whole comes back as ``RequestEnded``. Of one that is not plain nobody here knows where it ends: then
/// the rest of the connection is passed on as it comes.
final class FastPathHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// Tells those behind that the client has said something: fired before the first answer from here.
    struct FirstRequest: Sendable {}
    /// Tells this handler that the request which was passed on is answered, and the connection idle.
    struct RequestEnded: Sendable {}

    private enum State {
        /// Nothing is under way.
        case open
        /// Of a request that is for us, so many bytes in all, the body is not all there.
        case awaiting(Int)
        /// A request is worked on here.
        case answering
        /// A request is worked on behind; so many bytes of its body are still to come.
        case passing(rest: Int)
        /// Everything is passed on.
        case handedOver
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

    private let path: FastPath
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
    private var endOfPatience: Scheduled<Void>?
    private var hasBegun = false
    private var isWorkingOff = false
    /// Whether the server goes down: new requests get their answers, and the connection its end, behind.
    private var isLeaving = false
    /// Events that are told once all that came before them is answered or passed on.
    private var delayedEvents: [any Sendable] = []
    /// Made once: it has no state of the request.
    private var completion: ((Result<Answer, any Error>) -> Void)?

    init(path: FastPath, limits: ConnectionLimits, activity: ConnectionActivity, writer: FastPathWriter, logger: Logger)
    {
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
        completion = nil
        endOfPatience?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if pending.readableBytes > 0 {
            pending.writeBuffer(&bytes)
            if case .awaiting(let length) = state, pending.readableBytes >= length { stopWaiting(as: .open) }
        } else {
            isWorkingOff = true
            workOff(bytes)
            isWorkingOff = false
        }
    }

    /// Those behind hear of each portion by itself, as it is passed on.
    func channelReadComplete(context: ChannelHandlerContext) {}

    func read(context: ChannelHandlerContext) {
        if case .awaiting = state { return context.read() }
        if pending.readableBytes > 0 { isReadWanted = true } else { context.read() }
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
        guard case .passing(rest: 0) = state else { return }
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
        if context.channel.isWritable, case .answering = state, work == nil {
            state = .open
            goOn()
        }
        context.fireChannelWritabilityChanged()
    }
}

// MARK: - Requests

extension FastPathHandler {
    /// Takes bytes for as long as nothing is under way, and keeps the rest.
    private func workOff(_ bytes: ByteBuffer) {
        var bytes = bytes
        while bytes.readableBytes > 0 {
            switch state {
            case .open: begin(&bytes)
            case .passing(let rest) where rest > 0:
                guard let part = bytes.readSlice(length: min(rest, bytes.readableBytes)) else { return }
                state = .passing(rest: rest - part.readableBytes)
                passOn(part)
            case .awaiting, .answering, .passing:
                pending = bytes
                return
            case .handedOver: return passOn(bytes)
            }
        }
    }

    /// What became of the bytes that begin with a request.
    private enum Beginning {
        case unclear
        /// So many bytes are taken: the request is answered, or being worked on.
        case taken(Int)
        /// So many bytes are needed.
        case incomplete(Int)
        /// So many bytes, those still to come among them, belong to a request that has to be passed on.
        case foreign(Int)
    }

    private func begin(_ bytes: inout ByteBuffer) {
        let received = bytes
        switch received.withUnsafeReadableBytes({ begin($0, received) }) {
        case .taken(let count): bytes.moveReaderIndex(forwardBy: count)
        case .incomplete(let count): wait(for: count)
        case .foreign(let count): state = .passing(rest: count)
        case .unclear: state = .handedOver
        }
    }

    private func begin(_ raw: UnsafeRawBufferPointer, _ bytes: ByteBuffer) -> Beginning {
        guard case .plain(var request) = FastRequest.read(raw, headLimit: headLimit) else { return .unclear }
        let length = request.length
        guard !isLeaving, request.bodyLength <= bodyLimit, let route = path.route(of: &request) else {
            return .foreign(length)
        }
        guard length <= raw.count else { return .incomplete(length) }
        return begin(request, route, bytes) ? .taken(length) : .foreign(length)
    }

    /// Many clients send head and body one after the other.
    ///
    /// A body that takes its time has its deadline behind.
    private func wait(for length: Int) {
        state = .awaiting(length)
        endOfPatience = context?.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) {
            self.stopWaiting(as: .passing(rest: length))
        }
    }

    private static let patience = TimeAmount.milliseconds(100)

    private func stopWaiting(as next: State) {
        endOfPatience?.cancel()
        endOfPatience = nil
        guard case .awaiting = state else { return }
        state = next
        goOn()
    }

    private func begin(_ request: FastRequest, _ route: FastRoute, _ bytes: ByteBuffer) -> Bool {
        let id = path.boundary.ids.id(given: request.requestID.map(request.text))
        work = Work(route: route, id: id, start: .now(), bytes: bytes, path: request.target)
        state = .answering
        activity.isBusy = true
        if route.handler(request, makeCompletion()) {
            noteFirstRequest()
            return true
        }
        work = nil
        activity.isBusy = false
        return false
    }

    private func makeCompletion() -> (Result<Answer, any Error>) -> Void {
        if let completion { return completion }
        // The connection may end before its answer comes; the answer still is to be counted.
        let completion: (Result<Answer, any Error>) -> Void = { self.finish($0) }
        self.completion = completion
        return completion
    }

    private func noteFirstRequest() {
        guard !hasBegun else { return }
        hasBegun = true
        context?.fireUserInboundEventTriggered(FirstRequest())
    }

    private func passOn(_ bytes: ByteBuffer) {
        guard let context else { return }
        hasBegun = true
        context.fireChannelRead(wrapInboundOut(bytes))
        context.fireChannelReadComplete()
    }
}

// MARK: - Answers

extension FastPathHandler {
    private func finish(_ result: Result<Answer, any Error>) {
        guard let work else { preconditionFailure("an answer comes once") }
        self.work = nil
        let now = NIODeadline.now()
        activity.isBusy = false
        activity.last = now
        var failure: (any Error)?
        let answer: Answer
        switch result {
        case .success(let success): answer = success
        case .failure(let error):
            let problem = RequestBoundary.problem(for: error)
            if problem.isOurs { failure = error }
            answer = Answer(problem, path: work.pathText, requestID: path.boundary.ids.text(of: work.id))
        }
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
        // A client that does not read its answers asks for no more.
        guard context.channel.isWritable else { return }
        state = .open
        if !isWorkingOff { goOn() }
    }

    /// Works off what was kept, then tells what was delayed, and reads on.
    private func goOn() {
        isWorkingOff = true
        if pending.readableBytes > 0 {
            let bytes = pending
            pending = ByteBuffer()
            workOff(bytes)
        }
        isWorkingOff = false
        guard let context else { return }
        if isReadWanted, pending.readableBytes == 0 {
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
        // What is awaited will not come, or is to be answered behind.
        if case .awaiting(let length) = state { stopWaiting(as: .passing(rest: length)) }
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

/// When the fast path was last of use to a connection, for the handler that ends idle ones.
final class ConnectionActivity {
    /// Whether a request is worked on.
    var isBusy = false
    /// When the last answer was given.
    var last = NIODeadline.uptimeNanoseconds(0)
}

@available(*, unavailable)
extension ConnectionActivity: Sendable {}
