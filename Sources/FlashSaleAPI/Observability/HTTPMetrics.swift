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

    private struct Route: Sendable {
        let timer: Timer
        let counters: [Int: Counter]
    }

    private let routes: [String: Route]
    private let factory: any MetricsFactory

    /// Makes every counter that the endpoints say they need.
    init(endpoints: [Endpoint], factory: any MetricsFactory) {
        self.factory = factory
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
                return (route, Route(timer: timer, counters: Dictionary(uniqueKeysWithValues: counters)))
            }
        )
    }

    /// Notes one answer.
    ///
    /// - Parameter duration: How long the answer took; nil when nothing was timed.
    func record(route: String, status: Int, duration: Duration?) {
        guard let entry = routes[route] else { return }
        // A status that no endpoint announces is rare (500): its counter is looked up by the factory each time.
        let counter = entry.counters[status] ?? Self.counter(route: route, status: status, factory: factory)
        counter.increment()
        if let duration { entry.timer.recordNanoseconds(duration.nanoseconds) }
    }

    private static func counter(route: String, status: Int, factory: any MetricsFactory) -> Counter {
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
