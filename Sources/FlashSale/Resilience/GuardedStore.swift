import Synchronization

/// A store behind its circuit breaker: one for all tasks of the process that ask the store.
public final class GuardedStore: Sendable {
    /// What an error says of the store.
    public enum Verdict: Hashable, Sendable {
        /// It works: what it said was no, or was not understood.
        case works
        /// It did not do its work.
        case failed
        /// Nothing: the call never got so far.
        case saysNothing
    }

    /// The store's name: `redis`, `mariadb`.
    public let name: String
    private let breaker: Mutex<CircuitBreaker>
    private let verdict: @Sendable (any Error) -> Verdict
    private let onChange: @Sendable (CircuitBreaker.State) -> Void
    private let now: @Sendable () -> ContinuousClock.Instant

    /// A store that is asked until it keeps failing.
    ///
    /// - Parameters:
    ///   - name: The store's name.
    ///   - policy: When the breaker opens, and for how long.
    ///   - verdict: What an error says of the store. A `CancellationError` says nothing, and is not passed on to it.
    ///   - onChange: Told each new state, in order; called under the breaker's lock, so it must not call back.
    ///   - now: The time, in one place so that tests can choose it.
    public init(
        name: String,
        policy: CircuitBreaker.Policy,
        verdict: @escaping @Sendable (any Error) -> Verdict,
        onChange: @escaping @Sendable (CircuitBreaker.State) -> Void = { _ in },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.name = name
        breaker = Mutex(CircuitBreaker(policy: policy))
        self.verdict = verdict
        self.onChange = onChange
        self.now = now
    }

    /// What the breaker does with calls now.
    public var state: CircuitBreaker.State { breaker.withLock { $0.state(at: now()) } }

    /// Whether to look for a sign of life now.
    public var wantsSignOfLife: Bool { breaker.withLock { $0.wantsSignOfLife(at: now()) } }

    /// The store has answered something that costs it nothing.
    public func sawSignOfLife() { change { $0.sawSignOfLife(at: $1) } }

    /// Runs a call to the store, unless the breaker is open.
    ///
    /// - Throws: ``StoreUnavailable`` with ``CircuitOpen`` as its cause, at once, when the call is not made; else what
    ///   the body throws.
    public func run<Answer: Sendable>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Answer
    ) async throws -> Answer {
        let permit = try permit()
        do {
            let answer = try await body()
            ended(permit, nil)
            return answer
        } catch {
            ended(permit, error)
            throw error
        }
    }

    /// Tells how a call has ended.
    ///
    /// - Parameters:
    ///   - permit: The right to make it.
    ///   - error: What it threw; nil when the store has answered.
    public func ended(_ permit: CircuitBreaker.Permit, _ error: (any Error)?) {
        guard let error else { return change { breaker, _ in breaker.succeeded(permit) } }
        let verdict: Verdict = error is CancellationError ? .saysNothing : verdict(error)
        change { breaker, now in
            switch verdict {
            case .works: breaker.succeeded(permit)
            case .failed: breaker.failed(permit, at: now)
            case .saysNothing: breaker.learnedNothing(permit)
            }
        }
    }

    /// The right to make one call; its end has to be told by ``ended(_:_:)``.
    ///
    /// - Throws: ``StoreUnavailable`` with ``CircuitOpen`` as its cause when no call may be made.
    public func permit() throws -> CircuitBreaker.Permit {
        switch change({ $0.permit(at: $1) }) {
        case .allowed(let permit): return permit
        case .refused(let time):
            throw StoreUnavailable(
                reason: "\(name) kept failing and is not asked at the moment",
                cause: CircuitOpen(store: name, retryAfter: time)
            )
        }
    }

    private func change<Result>(
        _ body: (inout CircuitBreaker, ContinuousClock.Instant) -> Result
    ) -> Result {
        let now = now()
        return breaker.withLock { breaker in
            let before = breaker.lastState
            defer { if breaker.lastState != before { onChange(breaker.lastState) } }
            return body(&breaker, now)
        }
    }
}

/// A call was not made, because its store keeps failing.
public struct CircuitOpen: Error, Hashable, Sendable, CustomStringConvertible {
    /// The store's name.
    public var store: String
    /// When the store may be asked again, at the earliest.
    public var retryAfter: Duration

    /// A call that was not made.
    public init(store: String, retryAfter: Duration) {
        self.store = store
        self.retryAfter = retryAfter
    }

    /// One line for a log.
    public var description: String { "the circuit to \(store) is open" }
}
