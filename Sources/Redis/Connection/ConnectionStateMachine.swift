import NIOCore

/// One connection's life, without its I/O: each event returns what the caller is to do.
///
/// ```
/// connecting ──opened──▶ handshaking ──▶ ready ──drain──▶ draining
///      └──────────────────────┴────────────┴──────────────────┴────▶ closed
/// ```
struct ConnectionStateMachine<Waiter>: ~Copyable {
    enum SubmitAction {
        /// Send the command, and see to it that the timer fires no later than `timer`.
        case send(timer: NIODeadline)
        case refuse(RedisError)
    }

    enum ReceiveAction {
        case none
        case becomeReady
        case complete(Waiter, RedisReply, before: [RedisReply])
        /// A draining connection has received its last reply, which may have lost its waiter.
        case completeAndClose(Waiter?, RedisReply, before: [RedisReply])
        case close(RedisError)
    }

    enum TimerAction {
        /// Fail these waiters with `.timedOut`; look again at `next`, if there is one.
        case expire([Waiter], next: NIODeadline?)
        case close(RedisError)
    }

    private enum State: ~Copyable {
        case connecting(Handshake, ConnectionLimits)
        case handshaking(Handshake, ConnectionLimits)
        case ready(RequestQueue<Waiter>)
        case draining(RequestQueue<Waiter>)
        case closed
    }

    private var state: State

    private init(_ state: consuming State) {
        self.state = state
    }

    init(handshake: Handshake, limits: ConnectionLimits) {
        self.init(.connecting(handshake, limits))
    }

    /// Whether ``close()`` was called.
    var isClosed: Bool {
        switch state {
        case .closed: true
        default: false
        }
    }
}

// MARK: - Callers

extension ConnectionStateMachine {
    /// A caller has a request of `commands` commands.
    mutating func submit(id: UInt64, waiter: Waiter, commands: Int, now: NIODeadline) -> SubmitAction {
        switch consume state {
        case .ready(var queue):
            let limit = queue.limits.maximumInFlight
            if queue.commandCount + commands > limit {
                self = Self(.ready(queue))
                return .refuse(RedisError(.tooManyInFlight, "more than \(limit) commands would await their replies"))
            }
            let deadline = queue.append(id: id, waiter: waiter, commands: commands, now: now)
            self = Self(.ready(queue))
            return .send(timer: deadline)
        case .draining(let queue):
            self = Self(.draining(queue))
            return .refuse(RedisError(.shutDown, "the client is shutting down"))
        case let other:
            self = Self(other)
            return .refuse(RedisError(.notConnected, "the connection is not ready"))
        }
    }

    /// The caller of a request has gone: fail the waiter, and leave its place in line.
    mutating func abandon(id: UInt64) -> Waiter? {
        switch consume state {
        case .ready(var queue):
            let waiter = queue.abandon(id: id)
            self = Self(.ready(queue))
            return waiter
        case .draining(var queue):
            let waiter = queue.abandon(id: id)
            self = Self(.draining(queue))
            return waiter
        case let other:
            self = Self(other)
            return nil
        }
    }

    /// Take no more commands; returns whether nothing is awaited, so that the connection is to be closed at once.
    mutating func drain() -> Bool {
        switch consume state {
        case .ready(let queue):
            let isEmpty = queue.isEmpty
            self = Self(.draining(queue))
            return isEmpty
        case .draining(let queue):
            let isEmpty = queue.isEmpty
            self = Self(.draining(queue))
            return isEmpty
        case let other:
            self = Self(other)
            return true
        }
    }

    /// The connection is gone, or is to go: fail these waiters, or do nothing for `nil`, as it was closed before.
    mutating func close() -> [Waiter]? {
        switch consume state {
        case .ready(var queue):
            self = Self(.closed)
            return queue.removeAll()
        case .draining(var queue):
            self = Self(.closed)
            return queue.removeAll()
        case .closed:
            self = Self(.closed)
            return nil
        default:
            self = Self(.closed)
            return []
        }
    }
}

// MARK: - Transport

extension ConnectionStateMachine {
    /// The transport is open: send these commands.
    mutating func opened() -> [RedisCommand] {
        switch consume state {
        case .connecting(let handshake, let limits):
            self = Self(.handshaking(handshake, limits))
            return handshake.commands
        case let other:
            self = Self(other)
            return []
        }
    }

    /// Bytes arrived, whether or not they complete a reply.
    mutating func progressed(now: NIODeadline) {
        switch consume state {
        case .ready(var queue):
            queue.progressed(now: now)
            self = Self(.ready(queue))
        case .draining(var queue):
            queue.progressed(now: now)
            self = Self(.draining(queue))
        case let other:
            self = Self(other)
        }
    }

    /// A reply is complete.
    mutating func received(_ reply: RedisReply) -> ReceiveAction {
        switch consume state {
        case .ready(var queue):
            let delivery = queue.receive(reply)
            self = Self(.ready(queue))
            return Self.action(for: delivery)
        case .draining(var queue):
            let delivery = queue.receive(reply)
            let isDrained = queue.isEmpty
            self = Self(.draining(queue))
            return isDrained ? Self.lastAction(for: delivery, reply) : Self.action(for: delivery)
        case .handshaking(var handshake, let limits):
            let progress = handshake.received(reply)
            if case .complete = progress {
                self = Self(.ready(RequestQueue(limits: limits)))
                return .becomeReady
            }
            self = Self(.handshaking(handshake, limits))
            return if case .failed(let error) = progress { .close(error) } else { .none }
        case .connecting(let handshake, let limits):
            self = Self(.connecting(handshake, limits))
            return .close(RedisError(.protocolViolation, "a reply before the handshake"))
        case .closed:
            self = Self(.closed)
            return .none
        }
    }

    private static func action(for delivery: RequestQueue<Waiter>.Delivery) -> ReceiveAction {
        switch delivery {
        case .complete(let waiter, let reply, let before): .complete(waiter, reply, before: before)
        case .kept: .none
        case .unexpected: .close(RedisError(.protocolViolation, "a reply that no command asked for"))
        }
    }

    private static func lastAction(for delivery: RequestQueue<Waiter>.Delivery, _ reply: RedisReply) -> ReceiveAction {
        switch delivery {
        case .complete(let waiter, let reply, let before): .completeAndClose(waiter, reply, before: before)
        case .kept, .unexpected: .completeAndClose(nil, reply, before: [])
        }
    }
}

// MARK: - Time

extension ConnectionStateMachine {
    /// The timer that ``SubmitAction/send(timer:)`` or the last ``TimerAction`` asked for has fired.
    mutating func timerFired(now: NIODeadline) -> TimerAction {
        switch consume state {
        case .ready(var queue):
            let action = Self.expire(&queue, now: now)
            self = Self(.ready(queue))
            return action
        case .draining(var queue):
            let isTimeUp = queue.lastDeadline.map { $0 <= now } ?? true
            let action = isTimeUp ? .close(Self.drainTimedOut) : Self.expire(&queue, now: now)
            self = Self(.draining(queue))
            return action
        case let other:
            self = Self(other)
            return .expire([], next: nil)
        }
    }

    private static var drainTimedOut: RedisError {
        RedisError(.shutDown, "the client is shut down, and the last replies did not come in time")
    }

    private static func expire(_ queue: inout RequestQueue<Waiter>, now: NIODeadline) -> TimerAction {
        guard !queue.isEmpty else { return .expire([], next: nil) }
        let death = queue.lastProgress + queue.limits.silence
        guard now < death else {
            return .close(RedisError(.timedOut, "no byte came for twice the command timeout"))
        }
        let waiters = queue.expire(at: now)
        let next = max(min(queue.nextDeadline ?? death, death), now + queue.limits.timerGranularity)
        return .expire(waiters, next: next)
    }
}
