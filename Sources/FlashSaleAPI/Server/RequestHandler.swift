import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// Answers the requests of one connection, one after the other, on its event loop.
///
/// Unchecked: touched on the event loop only, where the tasks that it starts run too.
final class RequestHandler<Responder: HTTPResponder>: ChannelDuplexHandler, RemovableChannelHandler, @unchecked Sendable
where Responder.Context == BasicRequestContext {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let channel: any Channel
    private let executor: EventLoopExecutor
    private let responder: Responder
    private let logger: Logger
    private let date: HTTPDate

    private var context: ChannelHandlerContext?
    private var inbound: RequestCollector
    /// Whether a request is being worked on: what comes behind it waits.
    private var isAnswering = false
    /// What is to be cancelled when the client goes.
    private var task: Task<Void, Never>?
    private var isReadWanted = false
    private var isInputClosed = false
    private var writableWaiter: CheckedContinuation<Void, any Error>?

    init(channel: any Channel, responder: Responder, bodyBytes: Int, date: HTTPDate, logger: Logger) {
        self.channel = channel
        self.responder = responder
        self.logger = logger
        executor = EventLoopExecutor(channel.eventLoop)
        self.date = date
        inbound = RequestCollector(limit: bodyBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    /// The connection has ended.
    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        task?.cancel()
        resumeWriter(throwing: ChannelError.ioOnClosedChannel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbound.received(unwrapInboundIn(data))
        answerNext()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            isInputClosed = true
            closeIfDone()
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// What the client sends behind a request waits in its socket until that is answered.
    func read(context: ChannelHandlerContext) {
        if inbound.hasMore { isReadWanted = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The connection's guard sees to its end, once the request is answered whose body can't be read.
        if let refusal = error as? ConnectionRefusal {
            if inbound.failed(refusal) { answerNext() }
        } else {
            context.close(promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resumeWriter(throwing: nil) }
        context.fireChannelWritabilityChanged()
    }
}

// MARK: - Answers

extension RequestHandler {
    private func answerNext() {
        guard !isAnswering, let request = inbound.next() else { return }
        isAnswering = true
        // Begins at once: what does not wait for anything is answered before this returns.
        let task = Task.immediate(executorPreference: executor) { await self.answer(request) }
        if isAnswering, self.task == nil { self.task = task }
    }

    private func answer(_ request: Request) async {
        let source = ApplicationRequestContextSource(channel: channel, logger: logger)
        var response: Response
        do {
            response = try await responder.respond(to: request, context: BasicRequestContext(source: source))
        } catch {
            logger.error("a request was not answered", metadata: ["error": "\(error)"])
            response = Response(status: .internalServerError)
        }
        response.headers[.date] = date.text()
        guard let context else { return }
        let body = response.body
        context.write(wrapOutboundOut(.head(response.head)), promise: nil)
        if body.contentLength == nil {
            context.flush()
            sendStream(body)
        } else {
            await send(body, isStream: false)
        }
    }

    /// Sends a stream in a task of its own: the present one's memory is what it took to find the answer, and would be kept for
    /// as long as the stream lasts, as the answer's head would.
    private func sendStream(_ body: ResponseBody) {
        let task = Task.immediate(executorPreference: executor) { await self.send(body, isStream: true) }
        if isAnswering { self.task = task }
    }

    private func send(_ body: ResponseBody, isStream: Bool) async {
        do {
            try await body.write(AnswerWriter(handler: self, isStream: isStream))
            answered()
        } catch {
            context?.close(promise: nil)
        }
    }

    private func answered() {
        isAnswering = false
        task = nil
        // Not from within the task: its jobs would pile up on the stack.
        if inbound.hasMore {
            channel.eventLoop.execute { self.goOn() }
        } else {
            goOn()
        }
    }

    private func goOn() {
        answerNext()
        guard !inbound.hasMore else { return }
        if isReadWanted {
            isReadWanted = false
            context?.read()
        }
        closeIfDone()
    }

    private func closeIfDone() {
        if isInputClosed, !isAnswering, !inbound.hasMore { context?.close(promise: nil) }
    }

    fileprivate func send(_ part: HTTPResponsePart, flushes: Bool) async throws {
        guard let context else { throw ChannelError.ioOnClosedChannel }
        context.write(wrapOutboundOut(part), promise: nil)
        if flushes { context.flush() }
        guard !context.channel.isWritable, context.channel.isActive, case .body = part else { return }
        // What is not on its way would never make room.
        context.flush()
        guard !context.channel.isWritable, context.channel.isActive else { return }
        try await withCheckedThrowingContinuation { writableWaiter = $0 }
    }

    private func resumeWriter(throwing error: (any Error)?) {
        guard let writableWaiter else { return }
        self.writableWaiter = nil
        if let error { writableWaiter.resume(throwing: error) } else { writableWaiter.resume() }
    }
}

/// Writes one answer's body; a stream's parts leave as they come, and wait for a client that is slow to read them.
private struct AnswerWriter<Responder: HTTPResponder>: ResponseBodyWriter
where Responder.Context == BasicRequestContext {
    let handler: RequestHandler<Responder>
    let isStream: Bool

    mutating func write(_ buffer: ByteBuffer) async throws {
        try await handler.send(.body(buffer), flushes: isStream)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await handler.send(.end(trailingHeaders), flushes: true)
    }
}
