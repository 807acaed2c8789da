import FlashSale
import Logging
import Metrics
import Synchronization

/// Every open event stream of the process: how many there may be, and the end of them all.
final class EventStreams: Sendable {
    /// What watching a line costs and gives.
    struct Rules: Sendable {
        /// The most streams of the process.
        var maximum = 20_000
        /// How often a line is looked at for all streams of its product.
        var tick = ProgressBoard.pause
        /// After how long a silent stream gets a sign of life.
        var heartbeat = Duration.seconds(15)
        /// How long a client may leave an event unread.
        var unreadTime = Duration.seconds(10)
        /// How often a place that only moves up is told.
        var moveTime = Duration.seconds(1)
        /// Whether a stream keeps its user's cart alive.
        var renewsCarts = true
    }

    /// The right to hold a stream open; given back when nobody has it any more.
    final class Permit: Sendable {
        private let giveBack: @Sendable () -> Void

        init(giveBack: @escaping @Sendable () -> Void) { self.giveBack = giveBack }

        deinit { giveBack() }
    }

    private struct State {
        var open = 0
        var feeds: [ProductID: ProductFeed] = [:]
        var isDraining = false
    }

    let rules: Rules
    private let makeFeed: @Sendable (ProductID) -> ProductFeed
    private let gauge: Gauge
    private let state = Mutex(State())

    init(
        rules: Rules,
        board: ProgressBoard,
        pace: PollPace,
        metrics: any MetricsFactory,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.rules = rules
        gauge = Gauge(label: "flashsale_event_streams", factory: metrics)
        let dropped = Counter(label: "flashsale_event_streams_dropped_total", factory: metrics)
        let failures = Counter(label: "flashsale_event_looks_failed_total", factory: metrics)
        makeFeed = { product in
            ProductFeed(
                product: product,
                rules: rules,
                board: board,
                pace: pace,
                onDrop: { dropped.increment() },
                onFailure: { failures.increment() },
                now: now
            )
        }
    }

    /// Makes room for one more stream.
    ///
    /// - Throws: 503 when as many are open as may be, or the process is on its way down.
    func reserve() throws(Problem) -> Permit {
        let (problem, open) = state.withLock { state -> (Problem?, Int) in
            if state.isDraining { return (.unavailable, state.open) }
            guard state.open < rules.maximum else { return (.overloaded, state.open) }
            state.open += 1
            return (nil, state.open)
        }
        if let problem { throw problem }
        gauge.record(open)
        return Permit { [self] in
            gauge.record(
                state.withLock {
                    $0.open -= 1
                    return $0.open
                }
            )
        }
    }

    /// The feed of a product; there is one for every product that was ever streamed.
    func feed(of product: ProductID) -> ProductFeed? {
        state.withLock { state in
            if state.isDraining { return nil }
            if let feed = state.feeds[product] { return feed }
            let feed = makeFeed(product)
            state.feeds[product] = feed
            return feed
        }
    }

    /// A user has left over this process: their stream hears of it with the next look.
    func noteLeft(_ user: UserID, of product: ProductID) {
        guard let feed = state.withLock({ $0.feeds[product] }) else { return }
        Task { await feed.lookSoon(at: user) }
    }

    /// Ends every stream now, each with the advice to ask again; a second call does nothing.
    func drain() {
        let feeds = state.withLock { state -> [ProductFeed] in
            if state.isDraining { return [] }
            state.isDraining = true
            return Array(state.feeds.values)
        }
        for feed in feeds { Task { await feed.drain() } }
    }
}
