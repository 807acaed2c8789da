import HTTPTypes
import Hummingbird

extension PageRoutes {
    /// Every page and form, and what the pages' script asks: a proxy need not let the public through to the API.
    func endpoints() -> [Endpoint] {
        [
            page("/", list),
            page("/products/{id}", product),
            page("/products/{id}/queue", place),
            page("/products/{id}/enter", enter, isAdmittedByServices: false),
            page("/assets/{file}", asset, isAdmittedByServices: false),
            part("/products/{id}/progress", parts.progress.read, isAdmittedByServices: false),
            part("/products/{id}/queue/standing", standing),
            part("/products/{id}/queue/events", watch),
        ] + (parts.draws.map { drawParts($0) } ?? []) + [
            form("/products/{id}/queue", join),
            form("/products/{id}/leave", leave),
            form("/products/{id}/checkout", checkOut),
            form("/products/{id}/give-back", giveBack),
            form("/products/{id}/pay", pay),
        ]
    }

    private func drawParts(_ draws: DrawRoutes) -> [Endpoint] {
        [
            part("/products/{id}/draw", draws.read, isAdmittedByServices: false),
            part("/products/{id}/draw/roster", draws.readRoster, isAdmittedByServices: false),
            part("/products/{id}/draw/decisions", draws.readDecisions, isAdmittedByServices: false),
            part("/products/{id}/draw/proof", proof, isAdmittedByServices: false),
        ]
    }

    private func page(
        _ path: String,
        _ handler: @escaping Endpoint.Handler,
        isAdmittedByServices: Bool = true
    ) -> Endpoint {
        endpoint(.get, path, status: .ok, body: nil, answers.problem, handler, isAdmittedByServices)
    }

    /// A form leads on to a page.
    private func form(_ path: String, _ handler: @escaping Endpoint.Handler) -> Endpoint {
        endpoint(.post, path, status: .seeOther, body: MediaType.form, answers.problem, handler, true)
    }

    /// What a script asks is refused as the API refuses.
    private func part(
        _ path: String,
        _ handler: @escaping Endpoint.Handler,
        isAdmittedByServices: Bool = true
    ) -> Endpoint {
        endpoint(.get, path, status: .ok, body: nil, nil, handler, isAdmittedByServices)
    }

    private func endpoint(
        _ method: HTTPRequest.Method,
        _ path: String,
        status: HTTPResponse.Status,
        body: String?,
        _ problemPage: (@Sendable (Problem, Request, String) -> Response)?,
        _ handler: @escaping Endpoint.Handler,
        _ isAdmittedByServices: Bool
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
            isAdmittedByServices: isAdmittedByServices,
            problemPage: problemPage,
            handler: handler
        )
    }
}
