import HTTPTypes
import Hummingbird

extension PageRoutes {
    /// Every page and form, and what the pages' script asks: a proxy need not let the public through to the API.
    func endpoints() -> [Endpoint] {
        [
            page("/", list),
            page("/products/{id}", product),
            page("/products/{id}/queue", place),
            page("/products/{id}/enter", enter),
            page("/assets/{file}", asset),
            part("/products/{id}/progress", progress.read),
            part("/products/{id}/queue/standing", standing),
            part("/products/{id}/queue/events", watch),
        ] + (draws.map { drawParts($0) } ?? []) + [
            form("/products/{id}/queue", join),
            form("/products/{id}/leave", leave),
            form("/products/{id}/checkout", checkOut),
            form("/products/{id}/give-back", giveBack),
            form("/products/{id}/pay", pay),
        ]
    }

    private func drawParts(_ draws: DrawRoutes) -> [Endpoint] {
        [
            part("/products/{id}/draw", draws.read),
            part("/products/{id}/draw/roster", draws.readRoster),
            part("/products/{id}/draw/decisions", draws.readDecisions),
            part("/products/{id}/draw/proof", proof),
        ]
    }

    private func page(_ path: String, _ handler: @escaping Endpoint.Handler) -> Endpoint {
        endpoint(.get, path, status: .ok, body: nil, answers.problem, handler)
    }

    /// A form leads on to a page.
    private func form(_ path: String, _ handler: @escaping Endpoint.Handler) -> Endpoint {
        endpoint(.post, path, status: .seeOther, body: MediaType.form, answers.problem, handler)
    }

    /// What a script asks is refused as the API refuses.
    private func part(_ path: String, _ handler: @escaping Endpoint.Handler) -> Endpoint {
        endpoint(.get, path, status: .ok, body: nil, nil, handler)
    }

    private func endpoint(
        _ method: HTTPRequest.Method,
        _ path: String,
        status: HTTPResponse.Status,
        body: String?,
        _ problemPage: (@Sendable (Problem, Request, String) -> Response)?,
        _ handler: @escaping Endpoint.Handler
    ) -> Endpoint {
        Endpoint(
            method: method,
            path: path,
            operation: Endpoint.Operation(
                id: "page",
                summary: "A page for people.",
                body: body,
                answers: [Endpoint.Answer(status: status, description: "A page.", schema: nil)],
                problems: [.productNotFound, .unavailable]
            ),
            problemPage: problemPage,
            handler: handler
        )
    }
}
