import FlashSale
import HTTPTypes
import Hummingbird
import Logging
import Metrics

/// The edge of the API: everything that is the same for every request.
///
/// It names the request, turns every error into a problem document, adds the header fields of every answer, and takes
/// note in log and metrics.
struct RequestBoundary: RouterMiddleware {
    typealias Context = BasicRequestContext

    private let endpoints: [Endpoint]
    /// The query parameters of each route that has any, by path and method.
    private let queryParameters: [String: [HTTPRequest.Method: Set<String>]]
    /// Routes whose requests enter the gate here: not those that are always answered, nor those whose services admit calls.
    private let gatedRoutes: [String: Set<HTTPRequest.Method>]
    private let gate: RequestGate
    private let pages: [String: Endpoint]
    let ids = RequestIDs()
    let metrics: HTTPMetrics
    private let outages = WarningGate()
    private let refusals = WarningGate()

    init(endpoints: [Endpoint], gate: RequestGate, metricsFactory: any MetricsFactory) {
        self.endpoints = endpoints
        self.gate = gate
        pages = Dictionary(endpoints.filter { $0.problemPage != nil }.map { ($0.path, $0) }) { first, _ in first }
        gatedRoutes = endpoints.reduce(into: [:]) { gated, endpoint in
            guard !endpoint.isVital, !endpoint.isAdmittedByServices else { return }
            gated[endpoint.path, default: []].insert(endpoint.method)
        }
        metrics = HTTPMetrics(endpoints: endpoints, factory: metricsFactory)
        queryParameters = endpoints.reduce(into: [:]) { known, endpoint in
            known[endpoint.path, default: [:]][endpoint.method] = endpoint.queryParameters
        }
    }

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let id = ids.id(for: request.headers)
        let target = RequestTarget(request)
        let route = target.isExact ? context.endpointPath : nil
        var failure: (any Error)?
        var response: Response
        do {
            guard let route else { throw unmatched(target) }
            try refuseUnknownParameters(of: target, route: route, method: request.method)
            if gatedRoutes[route]?.contains(request.method == .head ? .get : request.method) == true {
                try gate.enter()
                defer { gate.leave() }
                response = try await next(request, context)
            } else {
                response = try await next(request, context)
            }
        } catch {
            let problem = Self.problem(for: error)
            response = answer(problem, to: request, route: route, target, id)
            if problem.isOurs {
                failure = error
            }
        }
        response.headers[.requestID] = id
        response.headers[.xContentTypeOptions] = "nosniff"
        if request.method == .head { response = response.createHeadResponse() }

        metrics.record(
            route: route ?? HTTPMetrics.unmatched,
            status: response.status.code,
            duration: start.duration(to: .now)
        )
        note(
            request.method,
            request.head.path ?? "",
            id: id,
            status: response.status.code,
            failure: failure,
            logger: context.logger
        )
        return response
    }

    /// What the fast path needs; nil when no route is on it.
    func fastPath() -> FastPath? {
        let routes = endpoints.compactMap { endpoint in
            metrics.route(endpoint.path).flatMap { FastRoute(endpoint, metrics: $0) }
        }
        return routes.isEmpty ? nil : FastPath(routes: routes, boundary: self)
    }

    /// A refusal as a problem document; as a page where a page was asked for.
    private func answer(
        _ problem: Problem,
        to request: Request,
        route: String?,
        _ target: RequestTarget,
        _ id: String
    ) -> Response {
        let page = route.map { pages[$0] } ?? (PageAnswers.isForPeople(request) ? pages.first?.value : nil)
        return page?.problemPage?(problem, request, id)
            ?? Response(problem, path: String(target.path), requestID: id)
    }

    private func refuseUnknownParameters(
        of target: RequestTarget,
        route: String,
        method: HTTPRequest.Method
    ) throws(Problem) {
        // Whoever shares a page's address may add to it.
        guard !target.query.isEmpty, pages[route] == nil else { return }
        let known = queryParameters[route]?[method == .head ? .get : method]
        try target.refuseParameters(otherThan: known ?? [])
    }

    /// 405 when the path has other methods, else 404.
    private func unmatched(_ target: RequestTarget) -> Problem {
        let matching = target.isExact ? endpoints.filter { target.matches($0.segments) } : []
        let methods = matching.flatMap(\.allowedMethods)
        guard !methods.isEmpty else { return Problem(.notFound, "There is nothing at this path.") }
        return Problem(
            .methodNotAllowed,
            "This path answers \(methods.joined(separator: ", ")).",
            allowedMethods: methods
        )
    }

    static func problem(for error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let error as StoreUnavailable:
            error.retryAfter.map { .unavailable(retryAfter: $0) } ?? .unavailable
        case is OutcomeUnknown: .unavailable
        case let refusal as ConnectionRefusal: refusal.problem
        default: .internalError
        }
    }

    /// One line for each request at debug; a failure of ours is a warning, or an error when nobody foresaw it.
    ///
    /// While a store is away every request fails alike: one warning a second says so, the others stay at debug. So it is
    /// with refusals that an operator has to hear of: anyone can cause as many as they like.
    func note(
        _ method: HTTPRequest.Method,
        _ path: @autoclosure () -> String,
        id: @autoclosure () -> String,
        status: Int,
        failure: (any Error)?,
        logger: Logger
    ) {
        let level: Logger.Level =
            switch failure {
            case nil: .debug
            case let problem as Problem where problem.reason != nil: refusals.pass() ? .warning : .debug
            case is StoreUnavailable, is OutcomeUnknown, is Problem: outages.pass() ? .warning : .debug
            default: .error
            }
        guard level >= logger.logLevel else { return }
        var logger = logger
        logger[metadataKey: "hb.request.id"] = nil
        var metadata: Logger.Metadata = [
            "request_id": "\(id())",
            "method": "\(method)",
            "path": "\(path().excerpt)",
            "status": "\(status)",
        ]
        let refusal = (failure as? Problem)?.reason
        if let failure { metadata["reason"] = "\(refusal ?? "\(failure)")" }
        let message: Logger.Message = failure == nil ? "answered" : refusal == nil ? "could not answer" : "refused"
        logger.log(level: level, message, metadata: metadata)
    }
}
