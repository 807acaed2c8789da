import FlashSaleAPI
import Logging
import Metrics
import Resilience

extension StoreBreakers {
    /// The breakers of a program, which are seen in its log and metrics.
    init(settings: BreakerSettings, logger: Logger) {
        self.init(
            redis: StoreBreaker("redis", settings: settings, logger: logger),
            mariadb: StoreBreaker("mariadb", settings: settings, logger: logger)
        )
    }

    /// What `/ready` says of the breakers.
    var readinessChecks: [ReadinessCheck] { [redis.readinessCheck, mariadb.readinessCheck] }
}

extension StoreBreaker {
    /// A breaker that is seen in log and metrics.
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
