/// Decides whether a connection may be opened now, so that work fails at once while the server is away.
///
/// After a failure there is a pause that doubles with every further one, and then a single probe; while either lasts,
/// nobody else tries. A value without a clock of its own.
struct ConnectionGate {
    enum Decision {
        case open
        /// The last attempt's failure still stands, for this long, or until a probe ends if that is not known.
        case closed(for: Duration?, cause: LibraryError)
    }

    private let delay: ClosedRange<Duration>
    private var failures = 0
    private var lastFailure: LibraryError?
    private var closedUntil: ContinuousClock.Instant?
    private var isProbing = false

    init(delay: ClosedRange<Duration>) {
        self.delay = delay
    }

    func decision(at now: ContinuousClock.Instant) -> Decision {
        guard let lastFailure, let closedUntil else { return .open }
        if isProbing { return .closed(for: nil, cause: lastFailure) }
        return now < closedUntil ? .closed(for: closedUntil - now, cause: lastFailure) : .open
    }

    /// Somebody passed the gate; after a failure, they are the only one until they report back.
    mutating func entered() {
        isProbing = lastFailure != nil
    }

    mutating func succeeded() {
        failures = 0
        lastFailure = nil
        closedUntil = nil
        isProbing = false
    }

    /// An attempt failed; `jitter` from 0 to 1 chooses the pause between half of the full one and all of it.
    mutating func failed(with error: LibraryError, at now: ContinuousClock.Instant, jitter: Double) {
        failures += 1
        lastFailure = error
        isProbing = false
        // 2 to the power of 16 is far above any sensible range; the cap keeps the multiplication exact.
        let pause = min(delay.upperBound, delay.lowerBound * (1 << min(failures - 1, 16)))
        closedUntil = now + pause * (0.5 + 0.5 * jitter)
    }
}
