import NIOCore

/// A connection for commands: obeys its ``ConnectionStateMachine``, moves the bytes and resumes the callers.
///
/// Unchecked: mutable properties and non-Sendable ones are touched on `eventLoop` only.
final class CommandConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The caller of one request, and how it takes its replies.
    enum Waiter {
        case single(CheckedContinuation<RedisReply, any Error>)
        case pipeline(CheckedContinuation<[RedisReply], any Error>)
        case prompt((Result<RedisReply, any Error>) -> Void)
    }

    private let eventLoop: any EventLoop
    private let configuration: RedisConfiguration
    private let onReady: () -> Void
    private let onClose: (RedisError) -> Void

    private var machine: ConnectionStateMachine<Waiter>
    private let reader = ReplyReader()
    private var context: ChannelHandlerContext?
    private var connectTimer: Scheduled<Void>?
    private var commandTimer: Scheduled<Void>?

    /// The commands of this turn of the event loop, to be written together.
    private var outbound = ByteBuffer()
    /// The time of this turn, read once for all its commands; `nil` before the first one.
    private var turn: NIODeadline?

    /// Both closures are called on the event loop: `onReady` at most once, `onClose` once and last.
    init(
        configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        onReady: @escaping () -> Void,
        onClose: @escaping (RedisError) -> Void
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.onReady = onReady
        self.onClose = onClose
        machine = ConnectionStateMachine(
            handshake: Handshake(configuration),
            limits: ConnectionLimits(
                commandTimeout: TimeAmount(configuration.commandTimeout),
                maximumInFlight: configuration.maximumInFlight
            )
        )
    }

    // MARK: Callers

    func submit(_ command: RedisCommand, id: UInt64, _ continuation: CheckedContinuation<RedisReply, any Error>) {
        if admit(.single(continuation), id: id, commands: 1) {
            outbound.writeCommand(command)
        }
    }

    func submit(_ commands: [RedisCommand], id: UInt64, _ continuation: CheckedContinuation<[RedisReply], any Error>) {
        if admit(.pipeline(continuation), id: id, commands: commands.count) {
            for command in commands {
                outbound.writeCommand(command)
            }
        }
    }

    /// A caller on the event loop that has no task to resume; `encode` writes one command.
    func submit(
        _ answer: @escaping (Result<RedisReply, any Error>) -> Void,
        _ encode: (inout RedisCommandEncoder) -> Void
    ) {
        // Nobody abandons it, so it needs no number of its own.
        guard admit(.prompt(answer), id: 0, commands: 1) else { return }
        var encoder = RedisCommandEncoder(outbound)
        // Else the bytes of this turn would be copied for each command.
        outbound = Self.nothing
        encode(&encoder)
        outbound = encoder.finish()
    }

    private static let nothing = ByteBuffer()

    func abandon(id: UInt64) {
        machine.abandon(id: id)?.fail(CancellationError())
    }

    /// Takes no more commands, and closes once the replies on their way have come or their time is up.
    func drain() {
        if machine.drain() {
            close(because: RedisError(.shutDown, "the client is shut down"))
        }
    }

    /// Closes now: the commands in flight fail with ``RedisError/Code/connectionLost``.
    func close(because cause: RedisError) {
        guard let waiters = machine.close() else { return }
        connectTimer?.cancel()
        commandTimer?.cancel()
        for waiter in waiters {
            waiter.fail(
                RedisError(
                    .connectionLost,
                    "the connection to \(configuration.address) closed before the reply came",
                    cause: cause,
                    outcomeIsUnknown: true
                )
            )
        }
        context?.close(promise: nil)
        onClose(cause)
    }

    // MARK: Sending

    private func admit(_ waiter: Waiter, id: UInt64, commands: Int) -> Bool {
        let now = turn ?? eventLoop.now
        switch machine.submit(id: id, waiter: waiter, commands: commands, now: now) {
        case .refuse(let error):
            waiter.fail(error)
            return false
        case .send(let timer):
            if turn == nil {
                turn = now
                eventLoop.execute { self.flush() }
            }
            if commandTimer == nil { startCommandTimer(timer) }
            return true
        }
    }

    private func flush() {
        turn = nil
        guard let context, outbound.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(outbound), promise: nil)
        // A rare huge command must not hold its memory for ever.
        if outbound.readableBytes > 1_024 * 1_024 {
            outbound = ByteBuffer()
        } else {
            outbound.clear()
        }
    }

    // MARK: Time

    private func startCommandTimer(_ deadline: NIODeadline) {
        commandTimer = eventLoop.scheduleTask(deadline: deadline) { self.commandTimerFired() }
    }

    private func commandTimerFired() {
        commandTimer = nil
        switch machine.timerFired(now: eventLoop.now) {
        case .close(let cause):
            close(because: cause)
        case .expire(let waiters, let next):
            for waiter in waiters {
                waiter.fail(
                    RedisError(
                        .timedOut,
                        "no reply came within \(configuration.commandTimeout)",
                        outcomeIsUnknown: true
                    )
                )
            }
            if let next { startCommandTimer(next) }
        }
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        guard !machine.isClosed else {
            context.close(promise: nil)
            return
        }
        self.context = context
        connectTimer = eventLoop.scheduleTask(in: TimeAmount(configuration.connectTimeout)) {
            let limit = self.configuration.connectTimeout
            self.close(because: RedisError(.timedOut, "the connection was not ready within \(limit)"))
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        for command in machine.opened() {
            outbound.writeCommand(command)
        }
        flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        machine.progressed(now: eventLoop.now)
        do {
            try unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
                try reader.feed(bytes) { received($0) }
            }
        } catch {
            close(because: error as? RedisError ?? RedisError(.protocolViolation, "unreadable reply", cause: error))
        }
    }

    private func received(_ reply: RedisReply) {
        switch machine.received(reply) {
        case .none:
            break
        case .complete(let waiter, let reply, let before):
            waiter.succeed(reply, before: before)
        case .completeAndClose(let waiter, let reply, let before):
            waiter?.succeed(reply, before: before)
            close(because: RedisError(.shutDown, "the client is shut down"))
        case .becomeReady:
            connectTimer?.cancel()
            onReady()
        case .close(let cause):
            close(because: cause)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(because: RedisError(.connectionLost, "the connection to \(configuration.address) failed", cause: error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        close(because: RedisError(.connectionLost, "\(configuration.address) closed the connection"))
    }
}

extension CommandConnection.Waiter {
    fileprivate func succeed(_ reply: RedisReply, before: [RedisReply]) {
        switch self {
        case .single(let continuation): continuation.resume(returning: reply)
        case .pipeline(let continuation): continuation.resume(returning: before + [reply])
        case .prompt(let answer):
            if case .error(let error) = reply { answer(.failure(RedisError(error))) } else { answer(.success(reply)) }
        }
    }

    fileprivate func fail(_ error: any Error) {
        switch self {
        case .single(let continuation): continuation.resume(throwing: error)
        case .pipeline(let continuation): continuation.resume(throwing: error)
        case .prompt(let answer): answer(.failure(error))
        }
    }
}
