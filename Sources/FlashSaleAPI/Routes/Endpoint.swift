import HTTPTypes
import Hummingbird

/// One route: what the router calls, and what `/openapi.json` says about it.
///
/// Both are made from the same list.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (Request, BasicRequestContext) async throws -> Response

    /// GET also answers HEAD.
    let method: HTTPRequest.Method
    /// The path with its parameters in braces: `/api/products/{id}`.
    let path: String
    /// What the route is, for people and their tools.
    let operation: Operation
    /// Whether it is answered however much there is to do: those who watch the program have to see it work.
    var isVital = false
    /// Whether the services that the route calls admit what they do; every other route is admitted as a whole.
    var isAdmittedByServices = false
    /// How the fast path answers plain requests; nil for routes that no crowd asks for.
    var fast: FastRoute.Handler?
    /// How a page says that its request is refused; nil for the API's routes, which answer problem documents.
    var problemPage: (@Sendable (Problem, Request, _ requestID: String) -> Response)?
    /// Answers a request; throws ``Problem``, or an error that becomes one.
    let handler: Handler

    /// The methods that a client may use.
    var allowedMethods: [String] { method == .get ? ["GET", "HEAD"] : [method.rawValue] }

    /// The query parameters that the route knows.
    var queryParameters: Set<String> {
        Set(operation.parameters.filter { $0.place == .query }.map(\.name))
    }

    /// The template's parts between slashes.
    var segments: [Substring] { path.split(separator: "/") }
}

extension Endpoint {
    /// What OpenAPI says about a route.
    struct Operation: Sendable {
        /// The name that generated clients give to the call.
        let id: String
        /// One line.
        let summary: String
        /// What one line can't say.
        var description: String?
        /// What the request may carry beside its path and its body.
        var parameters: [Parameter] = []
        /// The schema of the request's body, if it has one.
        var body: String?
        /// What it answers when all is well.
        let answers: [Answer]
        /// What it may refuse with, beside what any route may.
        var problems: [ProblemCode] = []
    }

    /// An answer that is not a problem.
    struct Answer: Sendable {
        /// The status.
        let status: HTTPResponse.Status
        /// When it is given.
        let description: String
        /// The name of the body's schema; nil for no body.
        let schema: String?
        /// The body's media type.
        var mediaType = MediaType.json
        /// What `Location` says, if the answer has it.
        var location: String?
    }

    /// A query parameter or a header field; none has to be there.
    struct Parameter: Sendable {
        enum Place: String {
            case query
            case header
        }

        /// The name in the request.
        let name: String
        /// Where it stands.
        var place = Place.query
        /// What it may hold, and what that means.
        let schema: JSONValue
    }
}

/// Media types that we answer with.
enum MediaType {
    static let json = "application/json"
    /// What a page is, whatever its character set.
    static let pageName = "text/html"
    static let page = "text/html; charset=utf-8"
    /// What a browser makes of a form.
    static let form = "application/x-www-form-urlencoded"
    static let text = "text/plain; charset=utf-8"
    /// Server-sent events.
    static let events = "text/event-stream"
    /// The Prometheus text exposition format.
    static let metrics = "text/plain; version=0.0.4; charset=utf-8"
}
