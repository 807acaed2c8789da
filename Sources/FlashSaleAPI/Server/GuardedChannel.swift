import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Hummingbird's HTTP/1 channel with our limits, and a ``ConnectionGuard`` right behind NIO's parser.
struct GuardedChannel: ServerChildChannel {
    private let base: HTTP1Channel
    private let limits: ConnectionLimits
    private let onRefusal: @Sendable (ConnectionRefusal) -> RefusalDocument
    private let onQuiesce: @Sendable () -> Void

    init(
        limits: ConnectionLimits,
        onRefusal: @escaping @Sendable (ConnectionRefusal) -> RefusalDocument,
        onQuiesce: @escaping @Sendable () -> Void,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.limits = limits
        self.onRefusal = onRefusal
        self.onQuiesce = onQuiesce
        self.base = HTTP1Channel(
            responder: responder,
            configuration: HTTP1Channel.Configuration(
                idleTimeout: TimeAmount(limits.idleTime),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.requestLineBytes,
                    maxHeaderListSize: limits.headerBytes,
                    maxHeaderFieldCount: limits.headerFields
                )
            )
        )
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let connectionGuard = ConnectionGuard(limits: limits, onRefusal: onRefusal, onQuiesce: onQuiesce)
            try pipeline.addHandler(connectionGuard, position: .after(decoder))
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        let end = ConnectionEnd()
        value.channel.closeFuture.whenComplete { _ in end.come() }
        await ConnectionEnd.$current.withValue(end) { await base.handle(value: value, logger: logger) }
    }
}
