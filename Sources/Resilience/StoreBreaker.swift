import Synchronization

/// The circuit breaker of one store: one for all tasks of a process that ask the store.
public final class StoreBreaker: Sendable {
    /// The store's name: `redis`, `mariadb`.
    public let name: String
    private let breaker: Mutex<CircuitBreaker>
    private let onChange: @Sendable (CircuitBreaker.State) -> Void
    private let now: @Sendable () -> ContinuousClock.Instant

    /// A closed breaker.
    ///
    /// - Parameters:
    ///   - name: The store's name.
    ///   - policy: When the breaker opens, and for how long.
    ///   - onChange: Told each new state, in order; called under the breaker's lock, so it must not call back.
    ///   - now: The time, in one place so that tests can choose it.
    public init(
        name: String,
        policy: CircuitBreaker.Policy,
        onChange: @escaping @Sendable (CircuitBreaker.State) -> Void = { _ in },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.name = name
        breaker = Mutex(CircuitBreaker(policy: policy))
        self.onChange = onChange
        self.now = now
    }

    /// A breaker for callers who have to try the store whatever has become of others.
    public static func neverOpening(_ name: String) -> StoreBreaker {
        StoreBreaker(name: name, policy: .neverOpens)
    }

    /// What the breaker does with calls now.
    public var state: CircuitBreaker.State { breaker.withLock { $0.state(at: now()) } }

    /// Whether to look for a sign of life now.
    public var wantsSignOfLife: Bool { breaker.withLock { $0.wantsSignOfLife(at: now()) } }

    /// The store has answered something that costs it nothing.
    public func sawSignOfLife() { change { $0.sawSignOfLife(at: $1) } }

    /// The right to make one call; its end has to be told by ``ended(_:_:)``.
    ///
    /// - Throws: ``CircuitOpen`` when no call may be made.
    public func permit() throws(CircuitOpen) -> CircuitBreaker.Permit {
        switch change({ $0.permit(at: $1) }) {
        case .allowed(let permit): return permit
        case .refused(let time): throw CircuitOpen(store: name, retryAfter: time)
        }
    }

    /// Tells how a call has ended.
    public func ended(_ permit: CircuitBreaker.Permit, _ verdict: CallVerdict) {
        change { breaker, now in
            switch verdict {
            case .works: breaker.succeeded(permit)
            case .failed: breaker.failed(permit, at: now)
            case .saysNothing: breaker.learnedNothing(permit)
            }
        }
    }

    /// Runs a call to the store, unless the breaker is open.
    ///
    /// - Parameters:
    ///   - verdict: What the answer says of the store; that it works, unless told otherwise.
    ///   - body: The call.
    /// - Throws: ``CircuitOpen``, at once, when the call is not made; else what the body throws.
    public func run<Answer: Sendable>(
        isolation: isolated (any Actor)? = #isolation,
        verdict: (Answer) -> CallVerdict = { _ in .works },
        _ body: () async throws -> Answer
    ) async throws -> Answer {
        let permit = try permit()
        do {
            let answer = try await body()
            ended(permit, verdict(answer))
            return answer
        } catch {
            ended(permit, CallVerdict(of: error))
            throw error
        }
    }

    /// Looks for signs of life while the breaker is open, until its task is cancelled.
    ///
    /// A store that comes back by itself need not wait for the rest of the breaker's time. One question is under way at
    /// a time, and none is a user's.
    public func watch(every pause: Duration = .milliseconds(100), ping: () async throws -> Void) async {
        while (try? await Task.sleep(for: pause)) != nil {
            guard wantsSignOfLife else { continue }
            do {
                try await ping()
                sawSignOfLife()
            } catch {
                // Still away: asked again after the pause. The log has heard of it when the breaker opened.
                continue
            }
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

/// The breakers of a process: one for each store.
public struct StoreBreakers: Sendable {
    /// The breaker of Redis.
    public let redis: StoreBreaker
    /// The breaker of MariaDB.
    public let mariadb: StoreBreaker

    /// The breakers of a process.
    public init(redis: StoreBreaker, mariadb: StoreBreaker) {
        self.redis = redis
        self.mariadb = mariadb
    }

    /// Breakers that never open: for tools whose every call is one that somebody waits for, and means.
    public static var neverOpening: StoreBreakers {
        StoreBreakers(redis: .neverOpening("redis"), mariadb: .neverOpening("mariadb"))
    }
}
