public import FlashSale
import FlashSaleWeb
public import Hummingbird
public import Logging
public import Metrics

/// The shoppers' HTTP API: products, places in line, holds, orders, payments, signs of life, and its own description.
///
/// The way into the line asks ``PurchaseLine`` only; what follows asks ``OrderDesk``. Every refusal is a problem document (RFC 9457) with a stable `code`.
public struct PurchaseAPI: Sendable {
    let surface: Surface
    private let listener: Listener
    private let logger: Logger

    /// What an operator can choose.
    public struct Options: Hashable, Sendable {
        /// Whether asking for the standing keeps a cart alive.
        public var cartRenewal: CartRenewal
        /// The least time after which clients are told to ask again.
        public var pollAfter: Duration
        /// The most time after which clients are told to ask again.
        public var pollAfterMost: Duration
        /// The most event streams that are open at once; one more is answered 503.
        public var maxStreams: Int
        /// The most requests that are worked on at once; one more is answered 503 at once.
        ///
        /// Twice what waits for MariaDB at most (1,024): while that is slow, the line has room.
        public var maxInFlight: Int

        /// What an operator can choose; the defaults suit a public sale.
        public init(
            cartRenewal: CartRenewal = .poll,
            pollAfter: Duration = .seconds(1),
            pollAfterMost: Duration = .seconds(10),
            maxInFlight: Int = 2_048,
            maxStreams: Int = 20_000
        ) {
            self.cartRenewal = cartRenewal
            self.pollAfter = pollAfter
            self.pollAfterMost = pollAfterMost
            self.maxStreams = maxStreams
            self.maxInFlight = maxInFlight
        }
    }

    /// Where draws are read, and who vouches for them.
    public struct DrawSource: Sendable {
        /// The draws.
        public var desk: any DrawDesk
        /// Signs what is published; nil for documents that nobody vouches for.
        public var signingKey: DrawSigningKey?

        /// Where draws are read.
        public init(desk: any DrawDesk, signingKey: DrawSigningKey?) {
            self.desk = desk
            self.signingKey = signingKey
        }
    }

    /// What keeps a cart alive.
    public enum CartRenewal: String, Sendable, CaseIterable {
        /// Asking where one stands.
        case poll
        /// Nothing: a cart lives as long as it did when the place was taken.
        case never
    }

    /// The API over a line, a catalogue and a desk.
    ///
    /// - Parameters:
    ///   - line: Where places are taken and watched.
    ///   - catalogue: Where products are read.
    ///   - desk: Where holds become orders, and payments are taken in.
    ///   - draws: Where draws are read; nil for a shop that has none.
    ///   - payments: Whether payment events have to be signed.
    ///   - signs: What `/health`, `/ready` and `/metrics` tell.
    ///   - listener: Where to listen, and what a request may cost.
    ///   - options: What an operator can choose.
    ///   - pages: How the shopper's pages are served; nil for none.
    ///   - metrics: Where counters and timers are made.
    ///   - logger: Takes a line for each request at debug, and a warning when a store is away.
    ///   - now: The time, in one place so that tests can choose it.
    public init(
        line: any PurchaseLine & WatchedLine,
        catalogue: any ProductCatalogue,
        desk: any OrderDesk,
        draws: DrawSource? = nil,
        payments: PaymentVerification,
        signs: SignsOfLife,
        listener: Listener,
        options: Options = Options(),
        pages: PageOptions? = nil,
        metrics: any MetricsFactory = MetricsSystem.factory,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        let gate = RequestGate(maximum: options.maxInFlight)
        let pace = PollPace(least: options.pollAfter, most: options.pollAfterMost)
        let board = ProgressBoard(line: line, pace: pace)
        let streams = EventStreams(
            rules: EventStreams.Rules(maximum: options.maxStreams, renewsCarts: options.cartRenewal == .poll),
            board: board,
            pace: pace,
            metrics: metrics,
            now: now
        )
        let encoder = QueueStatusEncoder(board: board, pace: pace, now: now)
        let bodyLimit = listener.limits.bodyBytes
        let orderMetrics = OrderMetrics(factory: metrics)
        let services = Services(
            products: ProductService(catalogue: catalogue, gate: gate),
            queue: QueueService(
                line: line,
                catalogue: catalogue,
                events: streams,
                renewsCarts: options.cartRenewal == .poll,
                gate: gate,
                metrics: LineMetrics(factory: metrics),
                now: now
            ),
            orders: OrderService(desk: desk, gate: gate, metrics: orderMetrics),
            payments: PaymentService(desk: desk, verification: payments, gate: gate, metrics: orderMetrics, now: now)
        )
        let parts = PageRoutes.Parts(
            queue: QueueRoutes(service: services.queue, encoder: encoder, maximumBodyBytes: bodyLimit),
            events: EventRoutes(queue: services.queue, streams: streams),
            progress: ProgressRoutes(board: board, catalogue: catalogue, gate: gate),
            draws: draws.map { DrawRoutes(desk: $0.desk, signingKey: $0.signingKey) }
        )
        let endpoints =
            ProductRoutes(service: services.products, now: now).endpoints() + parts.progress.endpoints()
            + parts.queue.endpoints() + parts.events.endpoints()
            + OrderRoutes(service: services.orders, maximumBodyBytes: bodyLimit).endpoints()
            + (parts.draws?.endpoints() ?? [])
            + PaymentRoutes(service: services.payments, maximumBodyBytes: bodyLimit).endpoints() + signs.endpoints()
        let pageRoutes = pages.map { pages in
            PageRoutes(
                parts: parts,
                services: services,
                options: pages,
                visitors: Visitors(identity: pages.identity, now: now),
                answers: PageAnswers(pages: ShopPages()),
                renewsCarts: options.cartRenewal == .poll,
                board: board,
                encoder: encoder,
                maximumBodyBytes: bodyLimit,
                now: now
            )
        }
        surface = Surface(
            endpoints: endpoints + [OpenAPI.endpoint(describing: endpoints)] + (pageRoutes?.endpoints() ?? []),
            gate: gate,
            metricsFactory: metrics,
            onQuiesce: { streams.drain() }
        )
        self.listener = listener
        self.logger = logger
    }

    /// The services that the routes and the pages call.
    struct Services: Sendable {
        let products: ProductService
        let queue: QueueService
        let orders: OrderService
        let payments: PaymentService
    }

    /// The routes alone, for tests and for a server of one's own.
    public func buildRouter() -> Router<BasicRequestContext> { surface.buildRouter() }

    /// The server, a service to run in a service group; a graceful shutdown answers what was asked before.
    ///
    /// - Parameter onBound: Called with the TCP port once connections are accepted.
    public func buildApplication(
        onBound: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        surface.buildApplication(listener: listener, logger: logger, onBound: onBound)
    }
}
