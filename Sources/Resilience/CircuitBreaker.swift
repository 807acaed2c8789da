/// Stops asking a store that keeps failing: callers are refused at once, and the store is given a rest.
///
/// Closed, it counts failures in a row. At ``Policy/failures`` it opens, and every call is refused. It is half open once
/// ``Policy/openTime`` is over, or earlier when the store gives a sign of life; then one call at a time is let through as
/// a probe, and its outcome closes or opens it. A refusal never moves the time at which that happens.
///
/// A value without a clock: the caller says what time it is (M. Nygard, "Release It!", chapter 5).
public struct CircuitBreaker: Sendable {
    /// When to open, and for how long.
    public struct Policy: Hashable, Sendable {
        /// How many failures in a row open it; at least 1.
        public var failures: Int
        /// How long it stays open without a sign of life.
        public var openTime: Duration
        /// How long a probe keeps the others out; after that its answer is no longer waited for.
        public var probeTime: Duration
        /// How soon a sign of life counts after opening; doubled for each probe that has failed since after such a sign.
        public var firstRecheck: Duration

        /// A policy; the defaults suit a store that is a network round trip away.
        public init(
            failures: Int = 5,
            openTime: Duration = .seconds(30),
            probeTime: Duration = .seconds(5),
            firstRecheck: Duration = .milliseconds(100)
        ) {
            self.failures = failures
            self.openTime = openTime
            self.probeTime = probeTime
            self.firstRecheck = firstRecheck
        }

        /// Never opens, whatever happens.
        public static let neverOpens = Policy(failures: .max)
    }

    /// What it does with calls.
    public enum State: String, Sendable, CaseIterable {
        /// All go through.
        case closed
        /// One at a time goes through.
        case halfOpen = "half_open"
        /// None goes through.
        case open
    }

    /// The right to make one call; its outcome is told with it.
    public struct Permit: Hashable, Sendable {
        fileprivate let epoch: UInt64
        /// Whether the call decides if the store is asked again.
        public let isProbe: Bool
    }

    /// What a caller is told.
    public enum Answer: Hashable, Sendable {
        /// Make the call, and tell its outcome.
        case allowed(Permit)
        /// Do not make it before this much time has passed.
        case refused(retryAfter: Duration)
    }

    private enum Phase {
        case closed(failures: Int)
        case halfOpen(probeEnd: ContinuousClock.Instant?, afterSignOfLife: Bool)
        case open(until: ContinuousClock.Instant, recheck: ContinuousClock.Instant)
    }

    private let policy: Policy
    private var phase = Phase.closed(failures: 0)
    /// Permits of an earlier epoch have nothing to say any more.
    private var epoch: UInt64 = 0
    /// Probes in a row that failed although the store had given a sign of life.
    private var failedProbes = 0

    /// A closed breaker.
    public init(policy: Policy = Policy()) { self.policy = policy }
}

extension CircuitBreaker {
    /// What it does with calls at this time.
    public func state(at now: ContinuousClock.Instant) -> State {
        switch phase {
        case .closed: .closed
        case .halfOpen: .halfOpen
        case .open(let until, _): now < until ? .open : .halfOpen
        }
    }

    /// What the last thing it was told has made of it, whatever time has passed since.
    var lastState: State {
        switch phase {
        case .closed: .closed
        case .halfOpen: .halfOpen
        case .open: .open
        }
    }

    /// Whether to look for a sign of life now.
    public func wantsSignOfLife(at now: ContinuousClock.Instant) -> Bool {
        guard case .open(_, let recheck) = phase else { return false }
        return recheck <= now
    }

    /// Asks whether a call may be made.
    public mutating func permit(at now: ContinuousClock.Instant) -> Answer {
        switch phase {
        case .closed:
            return .allowed(Permit(epoch: epoch, isProbe: false))
        case .open(let until, let recheck) where now < until:
            return .refused(retryAfter: max(min(until, recheck) - now, policy.firstRecheck))
        case .halfOpen(let probeEnd?, _) where now < probeEnd:
            return .refused(retryAfter: probeEnd - now)
        case .halfOpen, .open:
            epoch += 1
            phase = .halfOpen(probeEnd: now + policy.probeTime, afterSignOfLife: isAfterSignOfLife)
            return .allowed(Permit(epoch: epoch, isProbe: true))
        }
    }

    /// The store has answered a call, be it with a refusal of its own.
    public mutating func succeeded(_ permit: Permit) {
        guard permit.epoch == epoch else { return }
        if permit.isProbe {
            epoch += 1
            failedProbes = 0
        }
        phase = .closed(failures: 0)
    }

    /// The store has failed a call.
    public mutating func failed(_ permit: Permit, at now: ContinuousClock.Instant) {
        guard permit.epoch == epoch else { return }
        if case .closed(let failures) = phase, failures + 1 < policy.failures {
            phase = .closed(failures: failures + 1)
            return
        }
        // A probe that only the time has let through says nothing of how far signs of life can be trusted: counted, it would
        // keep a store that comes back after a long time waiting for as long again.
        if permit.isProbe, isAfterSignOfLife { failedProbes += 1 }
        open(at: now)
    }

    /// A call ended without saying anything of the store: its caller went away, or it was never sent.
    public mutating func learnedNothing(_ permit: Permit) {
        guard permit.epoch == epoch, permit.isProbe else { return }
        phase = .halfOpen(probeEnd: nil, afterSignOfLife: isAfterSignOfLife)
    }

    /// The store has answered something that costs it nothing: real calls may be tried again, one at a time.
    public mutating func sawSignOfLife(at now: ContinuousClock.Instant) {
        if wantsSignOfLife(at: now) { phase = .halfOpen(probeEnd: nil, afterSignOfLife: true) }
    }

    private var isAfterSignOfLife: Bool {
        if case .halfOpen(_, let afterSignOfLife) = phase { afterSignOfLife } else { false }
    }

    private mutating func open(at now: ContinuousClock.Instant) {
        epoch += 1
        // A store that answers pings and fails real work is asked more and more rarely.
        let wait = policy.firstRecheck * (1 << min(failedProbes, 20))
        phase = .open(until: now + policy.openTime, recheck: now + min(wait, policy.openTime))
    }
}
