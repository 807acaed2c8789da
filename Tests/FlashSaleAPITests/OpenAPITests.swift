import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import FlashSaleAPI

@Suite("OpenAPI")
struct OpenAPITests {
    @Test("The description and the router have the same routes")
    func routes() async throws {
        let shop = try Shop()
        let routes = shop.api.buildRouter().routes.map { "\($0.method.rawValue) \($0.path.description)" }
        try await shop.test { client in
            #expect(client.contract.operations == Set(routes))
            #expect(routes.count == 22)
        }
    }

    @Test("Every query parameter that is described is known to its route, and to no other")
    func queryParameters() async throws {
        try await Shop().test { client in
            let described = client.contract.queryParameters
            #expect(
                described == [
                    "GET /api/orders": ["product_id", "status", "user_id", "limit", "after"],
                    "GET /api/holds": ["product_id", "user_id", "limit", "after"],
                ]
            )
            let names = described.values.reduce(into: Set(["offset", "", "Limit"])) { $0.formUnion($1) }
            for operation in client.contract.operations {
                let parts = operation.split(separator: " ")
                let method = try #require(HTTPRequest.Method(String(parts[0])))
                let path = parts[1].replacing(#/\{[a-z_]+\}/#, with: "1")
                for name in names {
                    let answer = try await client.send(method, "\(path)?\(name)=%20")
                    let isKnown = described[operation]?.contains(name) ?? false
                    #expect((answer.code == "unknown_parameter") == !isKnown, "\(operation)?\(name)")
                    if isKnown { #expect(answer.badFields == [name]) }
                }
            }
        }
    }

    @Test("It is JSON, says 3.1.0, and may be cached")
    func document() async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/openapi.json")
            #expect(answer.status == 200)
            #expect(answer.json["openapi"] as? String == "3.1.0")
            #expect(answer.headers[.contentType] == "application/json")
            #expect(answer.headers[.cacheControl] == "public, max-age=60")
        }
    }

    @Test("Every reference leads to a schema, and every schema is referred to")
    func references() async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/openapi.json")
            let schemas = try #require(
                (answer.json["components"] as? [String: [String: Any]])?["schemas"]?.keys
            )
            let references = answer.text.matches(of: #/"#/components/schemas/([A-Za-z]+)"/#).map { String($0.output.1) }
            #expect(Set(references) == Set(schemas))
        }
    }

    @Test("Every code is described, and its status is the one that it is answered with")
    func codes() async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/openapi.json")
            let paths = try #require(answer.json["paths"] as? [String: [String: Any]])
            var described: [String: Set<String>] = [:]
            for case let operation as [String: Any] in paths.values.flatMap(\.values) {
                for (status, response) in operation["responses"] as? [String: [String: Any]] ?? [:] {
                    let content = response["content"] as? [String: [String: [String: Any]]]
                    let all = content?["application/problem+json"]?["schema"]?["allOf"] as? [[String: Any]]
                    let code = (all?.last?["properties"] as? [String: [String: [String]]])?["code"]?["enum"]
                    for code in code ?? [] { described[code, default: []].insert(status) }
                }
            }
            // These come before any operation is found; the introduction has them.
            let elsewhere: Set<ProblemCode> = [
                .notFound, .methodNotAllowed, .headersTooLarge, .expectationFailed, .notImplemented,
            ]
            // This one is the operator's listener's.
            let ofOperator: Set<ProblemCode> = [.unauthorized]
            for code in ProblemCode.allCases where !elsewhere.union(ofOperator).contains(code) && !code.isOfPages {
                #expect(described[code.rawValue] == [String(code.status.code)], "\(code)")
            }
            for code in elsewhere { #expect(answer.text.contains("\(code.status.code) `\(code.rawValue)`"), "\(code)") }
        }
    }

    @Test("An answer with a member too many, one too few or one of another type is noticed")
    func contractNotices() async throws {
        try await Shop().test { client in
            let good = try await client.send(.get, "/api/products/1")
            #expect(client.contract.complaints(about: good, method: .get, target: "/api/products/1").isEmpty)
            let changes: [(String, String)] = [
                (#""id":1,"#, #""id":"1","#), (#""id":1,"#, ""), (#""id":1,"#, #""id":1,"secret":1,"#),
                (#""open""#, #""ajar""#), (#""opens_at":null"#, #""opens_at":1"#), (#""currency":"USD""#, #""sum":1"#),
            ]
            for (old, new) in changes {
                let bad = good.replacing(old, with: new)
                let complaints = client.contract.complaints(about: bad, method: .get, target: "/api/products/1")
                #expect(!complaints.isEmpty, "\(new)")
            }
        }
    }
}
