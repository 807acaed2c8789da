import FlashSale
import FlashSaleWeb
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

extension ConsoleRoutes {
    private typealias PageHandler = @Sendable (Request, BasicRequestContext, Session) async throws -> Response

    /// Every page, form and file of the console.
    func endpoints() -> [Endpoint] {
        [
            page(.get, "/", handler: overview),
            page(.get, "/sales/{id}", ["span", "done"], handler: sale),
            page(.get, "/sales/{id}/{action}", handler: confirm),
            page(.post, "/sales/{id}/{action}", handler: perform),
            page(.get, "/failed", handler: failed),
            page(.post, "/failed", handler: performFailed),
            page(.get, "/payments", handler: payments),
            page(.get, "/log", ["product_id", "before"], handler: log),
            page(.post, "/logout", handler: logout),
            anyone(.get, "/login", handler: loginForm),
            anyone(.post, "/login", handler: login),
            file("/assets/console.css", "text/css; charset=utf-8", ConsolePage.styleSheet),
            file("/assets/console.js", "text/javascript; charset=utf-8", ConsolePage.script),
        ]
    }

    /// A route for those with a session; others are shown the login form, and errors are pages as well.
    private func page(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ parameters: [String] = [],
        handler: @escaping PageHandler
    ) -> Endpoint {
        anyone(method, path, parameters) { request, context in
            guard let value = access.session(of: request) else { return Self.redirect(to: "/login") }
            let session = Session(value: value, token: access.keys.formToken(of: value))
            do {
                return try await handler(request, context, session)
            } catch {
                let problem = RequestBoundary.problem(for: error)
                if problem.isOurs {
                    context.logger.warning(
                        "could not show a page",
                        metadata: ["reason": "\(problem.reason ?? "\(error)")"]
                    )
                }
                let page = ConsolePage.failure(problem.code.title, problem.detail, token: session.token)
                var response = Self.page(page, status: problem.code.status)
                if let seconds = problem.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
                return response
            }
        }
    }

    /// A route for everybody.
    private func anyone(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ parameters: [String] = [],
        handler: @escaping Endpoint.Handler
    ) -> Endpoint {
        Endpoint(
            method: method,
            path: path,
            operation: Endpoint.Operation(
                id: "page",
                summary: "A page.",
                parameters: parameters.map { Endpoint.Parameter(name: $0, schema: ["type": "string"]) },
                body: method == .post ? "Form" : nil,
                answers: [
                    Endpoint.Answer(status: .ok, description: "The page.", schema: nil),
                    Endpoint.Answer(status: .seeOther, description: "Go on there.", schema: nil),
                ],
                problems: [.unauthorized, .productNotFound, .invalidField, .rateLimited, .unavailable]
            ),
            isAdmittedByServices: true,
            handler: handler
        )
    }

    private func file(_ path: String, _ mediaType: String, _ text: String) -> Endpoint {
        let body = ByteBuffer(string: text)
        return anyone(.get, path) { _, _ in
            Response(status: .ok, mediaType: mediaType, cache: .oneMinute, body: body)
        }
    }
}
