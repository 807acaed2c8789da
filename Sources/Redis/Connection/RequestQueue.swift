import NIOCore

/// The bounds of one connection.
struct ConnectionLimits {
    /// How long a caller waits for a reply.
    var commandTimeout: TimeAmount
    /// The commands that may await their replies.
    var maximumInFlight: Int
    /// The least time between two looks at the deadlines: a crowd that times out is then told in few batches.
    var timerGranularity = TimeAmount.milliseconds(5)

    /// How long a connection may be silent with commands in flight before it counts as dead.
    var silence: TimeAmount { commandTimeout + commandTimeout }
}

/// The requests that await replies on one connection, in the order they were sent.
///
/// Redis answers in order, so the first request owns the next reply. A request whose caller has gone stays in line,
/// without a waiter, until its replies have come and are dropped: otherwise they would reach the caller behind it.
struct RequestQueue<Waiter>: ~Copyable {
    let limits: ConnectionLimits
    /// When bytes last arrived, or commands went out after a silence that was nobody's fault.
    private(set) var lastProgress = NIODeadline.uptimeNanoseconds(0)

    private struct Slot {
        let id: UInt64
        let deadline: NIODeadline
        var waiter: Waiter?
        /// The replies still to come: more than one for a pipeline.
        var missing: Int
        /// A pipeline's replies so far.
        var collected: [RedisReply] = []
    }

    /// What a reply amounts to.
    enum Delivery {
        /// No request awaits a reply.
        case unexpected
        /// It belongs to a pipeline with more to come, or to a caller that has gone.
        case kept
        /// The request is answered: by this reply, and for a pipeline by the ones `before` it.
        case complete(Waiter, RedisReply, before: [RedisReply])
    }

    /// The commands that await their replies.
    private(set) var commandCount = 0
    private var slots = CircularBuffer<Slot>()
    /// How many requests at the head are past their deadline.
    ///
    /// Deadlines rise with the position, so none is looked at twice.
    private var expiredCount = 0

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    var isEmpty: Bool { slots.isEmpty }

    /// Adds a request of `commands` commands and returns its deadline; `now` must not go back.
    mutating func append(id: UInt64, waiter: Waiter, commands: Int, now: NIODeadline) -> NIODeadline {
        if slots.isEmpty { lastProgress = now }
        let deadline = now + limits.commandTimeout
        slots.append(Slot(id: id, deadline: deadline, waiter: waiter, missing: commands))
        commandCount += commands
        return deadline
    }

    /// Notes that bytes arrived.
    mutating func progressed(now: NIODeadline) {
        lastProgress = now
    }

    /// Gives a reply to the first request.
    mutating func receive(_ reply: RedisReply) -> Delivery {
        guard !slots.isEmpty else { return .unexpected }
        commandCount -= 1
        let first = slots.startIndex
        if slots[first].missing > 1 {
            slots[first].missing -= 1
            if slots[first].waiter != nil { slots[first].collected.append(reply) }
            return .kept
        }
        let slot = slots.removeFirst()
        expiredCount = max(0, expiredCount - 1)
        guard let waiter = slot.waiter else { return .kept }
        return .complete(waiter, reply, before: slot.collected)
    }

    /// Takes the waiter out of a request; `nil` if it is answered, or abandoned, already.
    mutating func abandon(id: UInt64) -> Waiter? {
        guard let index = slots.firstIndex(where: { $0.id == id }) else { return nil }
        return takeWaiter(at: index)
    }

    /// Takes the waiters out of the requests that are past their deadline.
    mutating func expire(at now: NIODeadline) -> [Waiter] {
        var waiters: [Waiter] = []
        while let index = firstUnexpired, slots[index].deadline <= now {
            if let waiter = takeWaiter(at: index) { waiters.append(waiter) }
            expiredCount += 1
        }
        return waiters
    }

    /// When the first request that is not past its deadline will be.
    var nextDeadline: NIODeadline? {
        firstUnexpired.map { slots[$0].deadline }
    }

    /// When the last request will be past its deadline.
    var lastDeadline: NIODeadline? { slots.last?.deadline }

    /// Empties the queue.
    mutating func removeAll() -> [Waiter] {
        let waiters = slots.compactMap(\.waiter)
        slots.removeAll()
        commandCount = 0
        expiredCount = 0
        return waiters
    }

    private var firstUnexpired: CircularBuffer<Slot>.Index? {
        expiredCount < slots.count ? slots.index(slots.startIndex, offsetBy: expiredCount) : nil
    }

    private mutating func takeWaiter(at index: CircularBuffer<Slot>.Index) -> Waiter? {
        let waiter = slots[index].waiter
        slots[index].waiter = nil
        slots[index].collected = []
        return waiter
    }
}
