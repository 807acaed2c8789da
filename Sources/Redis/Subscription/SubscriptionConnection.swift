import NIOCore

/// A connection that listens: obeys its ``SubscriptionStateMachine`` and moves the bytes.
///
/// Unchecked: mutable properties and non-Sendable ones are touched on `eventLoop` only.
final class SubscriptionConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let eventLoop: any EventLoop
    /// Fulfilled when the server has confirmed every channel.
    let subscribed: EventLoopFuture<Void>

    private let configuration: RedisConfiguration
    private let messages: AsyncThrowingStream<RedisMessage, any Error>.Continuation
    private let subscribedPromise: EventLoopPromise<Void>
    private let reader = ReplyReader()
    private var machine: SubscriptionStateMachine
    private var context: ChannelHandlerContext?
    private var connectTimer: Scheduled<Void>?
    private var heartbeat: RepeatedTask?
    private var isClosed = false

    init(
        configuration: RedisConfiguration,
        channels: [String],
        eventLoop: any EventLoop,
        messages: AsyncThrowingStream<RedisMessage, any Error>.Continuation
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.messages = messages
        subscribedPromise = eventLoop.makePromise()
        subscribed = subscribedPromise.futureResult
        machine = SubscriptionStateMachine(
            handshake: Handshake(configuration),
            channels: channels,
            answerLimit: TimeAmount(configuration.commandTimeout),
            now: eventLoop.now
        )
    }

    /// Closes from any thread; the sequence of messages ends with `cause`.
    func close(because cause: RedisError) {
        if eventLoop.inEventLoop {
            closeNow(cause)
        } else {
            eventLoop.execute { self.closeNow(cause) }
        }
    }

    private func closeNow(_ cause: RedisError) {
        guard !isClosed else { return }
        isClosed = true
        connectTimer?.cancel()
        heartbeat?.cancel()
        subscribedPromise.fail(cause)
        messages.finish(throwing: cause)
        context?.close(promise: nil)
    }

    private func send(_ commands: [RedisCommand]) {
        guard let context, !commands.isEmpty else { return }
        var buffer = context.channel.allocator.buffer(capacity: 256)
        for command in commands {
            buffer.writeCommand(command)
        }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func received(_ reply: RedisReply) {
        guard !isClosed else { return }
        switch machine.received(reply) {
        case .none: break
        case .send(let command): send([command])
        case .becomeSubscribed: becameSubscribed()
        case .deliver(let message): messages.yield(message)
        case .close(let cause): closeNow(cause)
        }
    }

    private func becameSubscribed() {
        connectTimer?.cancel()
        let interval = TimeAmount(configuration.commandTimeout / 2)
        heartbeat = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            switch self.machine.ticked(now: self.eventLoop.now) {
            case .none: break
            case .send(let command): self.send([command])
            case .close(let cause): self.closeNow(cause)
            }
        }
        subscribedPromise.succeed()
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        guard !isClosed else {
            context.close(promise: nil)
            return
        }
        self.context = context
        connectTimer = eventLoop.scheduleTask(in: TimeAmount(configuration.connectTimeout)) {
            let limit = self.configuration.connectTimeout
            self.closeNow(RedisError(.timedOut, "the subscription was not confirmed within \(limit)"))
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        send(machine.opened())
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        machine.progressed(now: eventLoop.now)
        do {
            try unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
                try reader.feed(bytes) { received($0) }
            }
        } catch {
            closeNow(error as? RedisError ?? RedisError(.protocolViolation, "unreadable reply", cause: error))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        closeNow(RedisError(.connectionLost, "the connection to \(configuration.address) failed", cause: error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        closeNow(RedisError(.connectionLost, "\(configuration.address) closed the connection"))
    }
}
