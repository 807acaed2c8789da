public import FlashSale
public import Hummingbird
public import Logging
public import Metrics

/// The operator's listener: the console's pages, and the same as JSON under `/admin/api`.
///
/// Every route but the login form and the pages' style needs the operator's key, or a session that was begun with it.
public struct OperatorAPI: Sendable {
    private let surface: Surface
    private let listener: Listener
    private let logger: Logger
    /// Requests at once: a few people watch, and nobody else gets in.
    private static let maximumInFlight = 128

    /// The listener over a desk.
    ///
    /// - Parameters:
    ///   - desk: Where figures come from and actions go.
    ///   - keys: Who may.
    ///   - checks: What the console shows of this process's stores and breakers.
    ///   - listener: Where to listen, and what a request may cost.
    ///   - metrics: Where counters and timers are made.
    ///   - logger: Takes a warning for each wrong key, one a second at most.
    ///   - now: The time, in one place so that tests can choose it.
    public init(
        desk: any OperatorDesk,
        keys: OperatorKeys,
        checks: [ReadinessCheck],
        listener: Listener,
        metrics: any MetricsFactory = MetricsSystem.factory,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        let access = OperatorAccess(keys: keys, now: now)
        let gate = RequestGate(maximum: Self.maximumInFlight)
        let service = OperatorService(desk: desk, checks: checks, gate: gate)
        let bodyLimit = listener.limits.bodyBytes
        let json = OperatorRoutes(service: service, maximumBodyBytes: bodyLimit).endpoints()
        let console = ConsoleRoutes(service: service, access: access, maximumBodyBytes: bodyLimit)
        let described = json + [OpenAPI.operatorEndpoint(describing: json)]
        surface = Surface(
            endpoints: described.map { $0.guarded(by: access) } + console.endpoints(),
            gate: gate,
            metricsFactory: metrics
        )
        self.listener = listener
        self.logger = logger
    }

    /// The routes alone, for tests.
    public func buildRouter() -> Router<BasicRequestContext> { surface.buildRouter() }

    /// The server, a service to run in a service group.
    ///
    /// - Parameter onBound: Called with the TCP port once connections are accepted.
    public func buildApplication(
        onBound: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        surface.buildApplication(listener: listener, logger: logger, onBound: onBound)
    }
}

extension Endpoint {
    /// The same for those who may; reading with a session as well, changing anything only with the key itself.
    fileprivate func guarded(by access: OperatorAccess) -> Endpoint {
        let isReading = method == .get
        let handler = handler
        return Endpoint(
            method: method,
            path: path,
            operation: operation,
            isVital: isVital,
            isAdmittedByServices: isAdmittedByServices
        ) { request, context in
            switch try access.pass(of: request) {
            case .key: break
            case .session: guard isReading else { throw Problem.noOperatorKey }
            }
            return try await handler(request, context)
        }
    }
}
