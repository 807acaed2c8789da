import HTTPTypes
import Hummingbird

/// The API's description of itself: OpenAPI 3.1, made from the same endpoints as the router.
enum OpenAPI {
    /// The version of what is described; it rises when an answer changes its form.
    static let version = "1.0.0"

    /// `GET /openapi.json`.
    static func endpoint(describing endpoints: [Endpoint]) -> Endpoint {
        endpoint(at: "/openapi.json", describing: endpoints) { document(describing: $0) }
    }

    /// `GET /admin/openapi.json`.
    static func operatorEndpoint(describing endpoints: [Endpoint]) -> Endpoint {
        let shared: Set<String> = ["Problem", "Description"]
        let schemas = OpenAPISchemas.ofOperator + OpenAPISchemas.all.filter { shared.contains($0.name) }
        return endpoint(at: "/admin/openapi.json", describing: endpoints) {
            document(describing: $0, title: "FlashSale, for operators", operatorIntroduction, schemas)
        }
    }

    private static func endpoint(
        at path: String,
        describing endpoints: [Endpoint],
        _ document: ([Endpoint]) -> JSONValue
    ) -> Endpoint {
        let operation = Endpoint.Operation(
            id: "describe",
            summary: "This description.",
            answers: [Endpoint.Answer(status: .ok, description: "OpenAPI 3.1.", schema: "Description")]
        )
        let own = Endpoint(method: .get, path: path, operation: operation) { _, _ in
            preconditionFailure("only described, never called")
        }
        let body = document(endpoints + [own]).serialized()
        return Endpoint(method: .get, path: own.path, operation: operation) { _, _ in
            Response(status: .ok, cache: .oneMinute, body: body)
        }
    }

    /// The whole document.
    static func document(
        describing endpoints: [Endpoint],
        title: String = "FlashSale",
        _ introduction: String = introduction,
        _ schemas: [JSONValue.Member] = OpenAPISchemas.all
    ) -> JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": .string(title),
                "version": .string(version),
                "description": .string(introduction),
                "license": ["name": "Apache License 2.0", "identifier": "Apache-2.0"],
            ],
            "paths": paths(of: endpoints),
            "components": ["schemas": .object(schemas)],
        ]
    }

    /// What holds for every route, and would only repeat itself under each.
    private static let introduction = """
        Places in the line of a limited drop, and the holds, orders and payments that follow. Every refusal is a problem document (RFC 9457) with a stable `code`. \
        Beside what its operation lists, any request may be answered 400 `invalid_request` or `unknown_parameter` (a \
        query parameter that its operation does not list), 404 `not_found`, 405 `method_not_allowed` (with `Allow`), 408 `request_timeout`, \
        417 `expectation_failed`, 431 `headers_too_large`, 500 `internal_error` or 501 `not_implemented` (a transfer coding). Each answer has `X-Request-Id`: the request's own if that is \
        1 to 64 of A-Z a-z 0-9 . _ -, else a new one. Every GET also answers HEAD. Times are RFC 3339 in UTC.
        """

    private static let operatorIntroduction = """
        What an operator sees of all sales and does to them. Each request needs `Authorization: Bearer KEY`, the operator's \
        key; reading also works with a session of the console. Refusals and times are as in the shoppers' API.
        """

    private static func paths(of endpoints: [Endpoint]) -> JSONValue {
        var paths: [JSONValue.Member] = []
        for endpoint in endpoints where !paths.contains(where: { $0.name == endpoint.path }) {
            let operations = endpoints.filter { $0.path == endpoint.path }
            var members = operations.map {
                JSONValue.Member(name: $0.method.rawValue.lowercased(), value: operation(of: $0))
            }
            if let parameters = OpenAPISchemas.parameters(of: endpoint.segments) {
                members.insert(JSONValue.Member(name: "parameters", value: parameters), at: 0)
            }
            paths.append(JSONValue.Member(name: endpoint.path, value: .object(members)))
        }
        return .object(paths)
    }

    private static func operation(of endpoint: Endpoint) -> JSONValue {
        let operation = endpoint.operation
        return .object(compacting: [
            "operationId": .string(operation.id),
            "summary": .string(operation.summary),
            "description": operation.description.map { .string($0) },
            "parameters": operation.parameters.isEmpty ? nil : .array(operation.parameters.map(parameter)),
            "requestBody": operation.body.map { body in
                ["required": true, "content": content(MediaType.json, reference(body))]
            },
            "responses": .object(responses(of: endpoint)),
        ])
    }

    private static func parameter(_ parameter: Endpoint.Parameter) -> JSONValue {
        ["name": .string(parameter.name), "in": .string(parameter.place.rawValue), "schema": parameter.schema]
    }

    private static func responses(of endpoint: Endpoint) -> [JSONValue.Member] {
        let operation = endpoint.operation
        let answers = operation.answers.map { answer in
            JSONValue.Member(
                name: String(answer.status.code),
                value: .object(compacting: [
                    "description": .string(answer.description),
                    "headers": answer.location.map { ["Location": header($0)] },
                    "content": answer.schema.map { content(answer.mediaType, reference($0)) },
                ])
            )
        }
        let codes = Dictionary(
            grouping: operation.problems + everywhere + (endpoint.isVital ? [] : [.overloaded]),
            by: \.status.code
        )
        let refusals = codes.sorted { $0.key < $1.key }.map { status, codes in
            JSONValue.Member(name: String(status), value: refusal(codes))
        }
        return answers + refusals
    }

    /// What every operation may refuse with, once the router has found it.
    private static let everywhere: [ProblemCode] = [.invalidRequest, .unknownParameter, .internalError]

    /// One status, with the codes that it may come with.
    private static func refusal(_ codes: [ProblemCode]) -> JSONValue {
        let schema: JSONValue = [
            "allOf": [
                reference("Problem"),
                ["properties": ["code": ["enum": .array(codes.map { .string($0.rawValue) })]]],
            ]
        ]
        let challenge = header("Webhook-Signature: a webhook's; Bearer: the operator's key.")
        let saysWhen = codes.contains { $0.alwaysSaysWhenToRetry || $0 == .saleNotOpen }
        return .object(compacting: [
            "description": .string(codes.map { "\($0.title) (`\($0.rawValue)`)." }.joined(separator: " ")),
            "headers": saysWhen
                ? ["Retry-After": header("Seconds until trying again makes sense.")]
                : codes.contains { $0.status == .unauthorized } ? ["WWW-Authenticate": challenge] : nil,
            "content": content(Problem.mediaType, schema),
        ])
    }

    private static func header(_ description: String) -> JSONValue {
        ["description": .string(description), "schema": ["type": "string"]]
    }

    private static func content(_ mediaType: String, _ schema: JSONValue) -> JSONValue {
        .object([JSONValue.Member(name: mediaType, value: ["schema": schema])])
    }

    private static func reference(_ schema: String) -> JSONValue { ["$ref": "#/components/schemas/\(schema)"] }
}
