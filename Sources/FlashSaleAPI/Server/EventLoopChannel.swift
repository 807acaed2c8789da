import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import Synchronization

/// An HTTP/1 connection whose requests are worked on where they arrive: on the connection's event loop.
///
/// It stands where Hummingbird's `HTTP1Channel` would. That one hands each part of a request to a task of the connection, on
/// another thread; ours collects a request, which is never larger than ``ConnectionLimits/bodyBytes``, and calls the router.
struct EventLoopChannel<Responder: HTTPResponder>: ServerChildChannel where Responder.Context == BasicRequestContext {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    private let limits: ConnectionLimits
    private let onRefusal: @Sendable (ConnectionRefusal) -> RefusalDocument
    private let onQuiesce: @Sendable () -> Void
    private let responder: Responder
    private let fastPath: FastPath?
    private let date = HTTPDate()
    private let writers = FastPathWriters()

    init(
        limits: ConnectionLimits,
        onRefusal: @escaping @Sendable (ConnectionRefusal) -> RefusalDocument,
        onQuiesce: @escaping @Sendable () -> Void,
        responder: Responder,
        fastPath: FastPath?
    ) {
        self.limits = limits
        self.onRefusal = onRefusal
        self.onQuiesce = onQuiesce
        self.responder = responder
        self.fastPath = fastPath
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            // What was read last is kept for the next time, by each connection. A request is smaller than this, and whoever
            // sends more at once gets more: one read is what a client that pipelines has waiting here.
            try channel.syncOptions?.setOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 256, initial: 512, maximum: 16_384)
            )
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            try addHandlers(to: channel, logger: logger)
            return Value(channel: channel)
        }
    }

    /// Makes an HTTP/1 connection of a channel.
    func addHandlers(to channel: any Channel, logger: Logger) throws {
        let pipeline = channel.pipeline.syncOperations
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = limits.requestLineBytes
        decoder.maxHeaderListSize = limits.headerBytes
        decoder.maxHeaderFieldCount = limits.headerFields
        let activity = ConnectionActivity()
        let writer = writers.writer(for: channel.eventLoop, date: date)
        try pipeline.addHandler(
            FastPathHandler(path: fastPath, limits: limits, activity: activity, writer: writer, logger: logger)
        )
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withErrorHandling: false,
            withOutboundHeaderValidation: true,
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: decoder
        )
        try pipeline.addHandler(
            ConnectionGuard(limits: limits, activity: activity, onRefusal: onRefusal, onQuiesce: onQuiesce)
        )
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(
            RequestHandler(
                channel: channel,
                responder: responder,
                bodyBytes: limits.bodyBytes,
                date: date,
                logger: logger
            )
        )
    }

    /// Waits for the connection's end.
    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            try? await value.channel.closeFuture.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }
}

/// The writer of each event loop.
private final class FastPathWriters: Sendable {
    private let writers = Mutex<[ObjectIdentifier: NIOLoopBound<FastPathWriter>]>([:])

    func writer(for eventLoop: any EventLoop, date: HTTPDate) -> FastPathWriter {
        let bound = writers.withLock { writers in
            if let writer = writers[ObjectIdentifier(eventLoop)] { return writer }
            let writer = NIOLoopBound(FastPathWriter(date: date), eventLoop: eventLoop)
            writers[ObjectIdentifier(eventLoop)] = writer
            return writer
        }
        return bound.value
    }
}
