import FlashSale
import FlashSaleAPI
import FlashSaleStorage
import Logging
import MariaDB
import Metrics
import Redis

extension GuardedStore {
    /// A store whose breaker is seen in log and metrics.
    convenience init(
        _ name: String,
        settings: BreakerSettings,
        metrics: any MetricsFactory = MetricsSystem.factory,
        logger: Logger
    ) {
        let labels = [("store", name)]
        let gauge = Gauge(label: "flashsale_breaker_state", dimensions: labels, factory: metrics)
        let opened = Counter(label: "flashsale_breaker_opened_total", dimensions: labels, factory: metrics)
        gauge.record(CircuitBreaker.State.closed.figure)
        self.init(
            name: name,
            policy: CircuitBreaker.Policy(failures: settings.failures, openTime: settings.openTime),
            verdict: { .of($0) },
            onChange: { state in
                gauge.record(state.figure)
                if state == .open { opened.increment() }
                logger.log(
                    level: state == .open ? .warning : .notice,
                    "\(state.sentence)",
                    metadata: ["store": "\(name)"]
                )
            }
        )
    }

    /// What `/ready` says of the breaker.
    ///
    /// Half open is ready: without requests, nothing would ever close it again.
    var readinessCheck: ReadinessCheck {
        ReadinessCheck(name: "\(name)_breaker") { [self] in
            let state = state
            return state == .open ? .failed(state.rawValue) : .working(state.rawValue)
        }
    }

    /// Looks for signs of life while the breaker is open, until its task is cancelled.
    ///
    /// A store that comes back by itself need not wait for the rest of the breaker's time. One question is under way at
    /// a time, and none is a user's.
    func watch(every pause: Duration = .milliseconds(100), ping: () async throws -> Void) async {
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
}

extension Stores {
    /// Watches the stores behind breakers until its task is cancelled.
    func watch(line: GuardedStore?, books: GuardedStore) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await line?.watch { _ = try await redis.send(RedisCommand("PING")) } }
            group.addTask { await books.watch { try await database.ping() } }
        }
    }
}

extension CircuitBreaker.State {
    /// The value of `flashsale_breaker_state`.
    fileprivate var figure: Int {
        switch self {
        case .closed: 0
        case .halfOpen: 1
        case .open: 2
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .closed: "the store works again, the breaker is closed"
        case .halfOpen: "the breaker lets one call at a time try the store"
        case .open: "the store keeps failing, the breaker is open: calls are refused at once"
        }
    }
}
