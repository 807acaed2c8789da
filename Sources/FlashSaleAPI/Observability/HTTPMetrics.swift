import HTTPTypes
import Metrics

/// Counts and times requests by route template.
///
/// A raw path is never a label: anyone could make up new ones.
struct HTTPMetrics: Sendable {
    /// The route of a request that no route answers.
    static let unmatched = "unmatched"
    /// The route of bytes that are no request.
    static let malformed = "malformed"

    /// The figures of one route.
    struct Route: Sendable {
        fileprivate let path: String
        fileprivate let timer: Timer
        fileprivate let counters: [Int: Counter]
        fileprivate let factory: any MetricsFactory

        /// Notes one answer.
        ///
        /// - Parameter nanoseconds: How long the answer took; nil when nothing was timed.
        func record(status: Int, nanoseconds: Int64?) {
            // A status that no endpoint announces is rare (500): its counter is looked up by the factory each time.
            let counter = counters[status] ?? HTTPMetrics.counter(route: path, status: status, factory: factory)
            counter.increment()
            if let nanoseconds { timer.recordNanoseconds(nanoseconds) }
        }
    }

    private let routes: [String: Route]

    /// Makes every counter that the endpoints say they need.
    init(endpoints: [Endpoint], factory: any MetricsFactory) {
        var statuses: [String: Set<Int>] = [
            Self.unmatched: [404, 405],
            Self.malformed: [400, 408, 431],
        ]
        for endpoint in endpoints {
            let codes = endpoint.operation.answers.map(\.status.code) + endpoint.operation.problems.map(\.status.code)
            statuses[endpoint.path, default: []].formUnion(codes)
        }
        routes = Dictionary(
            uniqueKeysWithValues: statuses.map { route, codes in
                let timer = Timer(
                    label: "flashsale_http_request_seconds",
                    dimensions: [("route", route)],
                    factory: factory
                )
                let counters = codes.map { ($0, Self.counter(route: route, status: $0, factory: factory)) }
                return (
                    route,
                    Route(
                        path: route,
                        timer: timer,
                        counters: Dictionary(uniqueKeysWithValues: counters),
                        factory: factory
                    )
                )
            }
        )
    }

    /// Notes one answer.
    ///
    /// - Parameter duration: How long the answer took; nil when nothing was timed.
    func record(route: String, status: Int, duration: Duration?) {
        routes[route]?.record(status: status, nanoseconds: duration?.nanoseconds)
    }

    /// The figures of a route.
    func route(_ path: String) -> Route? { routes[path] }

    fileprivate static func counter(route: String, status: Int, factory: any MetricsFactory) -> Counter {
        Counter(
            label: "flashsale_http_requests_total",
            dimensions: [("route", route), ("status", String(status))],
            factory: factory
        )
    }
}

extension Duration {
    /// Whole nanoseconds; enough for 292 years.
    fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
