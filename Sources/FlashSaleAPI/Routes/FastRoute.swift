import HTTPTypes
import Logging
import NIOCore

/// A route that a crowd asks for, as the fast path sees it: found by bytes, answered without a task.
struct FastRoute: Sendable {
    /// Begins to answer a plain request; the completion is called once, on the same event loop, perhaps at once.
    ///
    /// False leaves the request to the endpoint's own handler, and nothing is done yet: so it is with all that will be
    /// refused, so that refusals are made in one place.
    typealias Handler = @Sendable (FastRequest, FastCompletion) -> Bool

    let method: FastRequest.Method
    let handler: Handler
    let metrics: HTTPMetrics.Route
    /// The template's parts; nil for a parameter.
    private let segments: [[UInt8]?]

    /// Nil for an endpoint that the fast path does not know.
    init?(_ endpoint: Endpoint, metrics: HTTPMetrics.Route) {
        guard let handler = endpoint.fast else { return nil }
        self.handler = handler
        self.metrics = metrics
        method = endpoint.method == .post ? .post : .get
        segments = endpoint.segments.map { $0.hasPrefix("{") ? nil : Array($0.utf8) }
    }

    /// Whether the request is for this route; its parameters are noted then.
    func matches(_ request: inout FastRequest) -> Bool {
        guard request.method == method else { return false }
        var position = request.target.lowerBound
        let end = request.target.upperBound
        var parameterCount = 0
        for segment in segments {
            guard position < end, request.bytes[position] == UInt8(ascii: "/") else { return false }
            let start = position + 1
            position = start
            while position < end, request.bytes[position] != UInt8(ascii: "/") { position += 1 }
            if let segment {
                guard request.bytes[start..<position].elementsEqual(segment) else { return false }
            } else {
                guard position > start, parameterCount < 2 else { return false }
                if parameterCount == 0 {
                    request.parameters.0 = start..<position
                } else {
                    request.parameters.1 = start..<position
                }
                parameterCount += 1
            }
        }
        return position == end
    }
}

/// All that the connections of a server need to answer on the fast path.
struct FastPath: Sendable {
    let routes: [FastRoute]
    let boundary: RequestBoundary

    /// The route of a request, and its parameters in it.
    func route(of request: inout FastRequest) -> FastRoute? {
        guard !request.needsLongWay else { return nil }
        for route in routes where route.matches(&request) { return route }
        return nil
    }
}
