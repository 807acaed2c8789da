import NIOCore

/// The life of a connection that only listens, without its I/O: each event returns what the caller is to do.
struct SubscriptionStateMachine {
    enum ReceiveAction {
        case none
        case send(RedisCommand)
        case becomeSubscribed
        case deliver(RedisMessage)
        case close(RedisError)
    }

    enum TickAction {
        case none
        case send(RedisCommand)
        case close(RedisError)
    }

    private enum State {
        case connecting(Handshake)
        case handshaking(Handshake)
        case subscribing(missing: Int)
        case subscribed
    }

    private var state: State
    private let channels: [String]
    private let answerLimit: TimeAmount
    private var lastProgress: NIODeadline
    /// When a silent server was asked for a sign of life.
    private var askedAt: NIODeadline?

    /// A connection is given up when it does not answer a `PING` within `answerLimit`.
    init(handshake: Handshake, channels: [String], answerLimit: TimeAmount, now: NIODeadline) {
        state = .connecting(handshake)
        self.channels = channels
        self.answerLimit = answerLimit
        lastProgress = now
    }

    /// The transport is open: send these commands.
    mutating func opened() -> [RedisCommand] {
        guard case .connecting(let handshake) = state else { return [] }
        state = .handshaking(handshake)
        return handshake.commands
    }

    /// Bytes arrived, whether or not they complete a reply.
    mutating func progressed(now: NIODeadline) {
        lastProgress = now
        askedAt = nil
    }

    /// A reply, or a message, is complete.
    mutating func received(_ reply: RedisReply) -> ReceiveAction {
        switch state {
        case .connecting:
            return .close(RedisError(.protocolViolation, "a reply before the handshake"))
        case .handshaking(var handshake):
            switch handshake.received(reply) {
            case .incomplete:
                state = .handshaking(handshake)
                return .none
            case .failed(let error):
                return .close(error)
            case .complete:
                state = .subscribing(missing: channels.count)
                return .send(RedisCommand("SUBSCRIBE", channels.map { RedisArgument($0) }))
            }
        case .subscribing, .subscribed:
            return receivedPush(reply)
        }
    }

    /// Some time has passed: a server that was silent for half of the limit is asked for a sign of life.
    mutating func ticked(now: NIODeadline) -> TickAction {
        guard case .subscribed = state else { return .none }
        if let askedAt {
            guard now - askedAt >= answerLimit else { return .none }
            return .close(RedisError(.timedOut, "no answer came within \(answerLimit.nanoseconds / 1_000_000) ms"))
        }
        guard now - lastProgress >= .nanoseconds(answerLimit.nanoseconds / 2) else { return .none }
        askedAt = now
        return .send(RedisCommand("PING"))
    }

    /// In version 2 of the protocol a subscribed connection receives arrays of three, and `pong` with two.
    private mutating func receivedPush(_ reply: RedisReply) -> ReceiveAction {
        if case .error(let error) = reply {
            return .close(RedisError(error))
        }
        guard case .array(let elements) = reply, let kind = try? elements.first?.string() else {
            return .close(RedisError(.protocolViolation, "a subscription received something that is no message"))
        }
        switch (kind, elements.count) {
        case ("message", 3):
            guard let channel = try? elements[1].string(), let payload = try? elements[2].bytes() else {
                return .close(RedisError(.protocolViolation, "a message without channel or payload"))
            }
            return .deliver(RedisMessage(channel: channel, payload: payload))
        case ("subscribe", 3):
            guard case .subscribing(let missing) = state else { return .none }
            state = missing > 1 ? .subscribing(missing: missing - 1) : .subscribed
            return missing > 1 ? .none : .becomeSubscribed
        default:
            return .none
        }
    }
}
