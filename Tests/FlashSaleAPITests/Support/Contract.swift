import FlashSale
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

/// An answer with its body read as JSON.
///
/// Unchecked because of `Any`: the values are what JSONSerialization made, and nobody changes them.
struct Answer: @unchecked Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String
    /// The body's members; empty when it is no JSON object.
    let json: [String: Any]

    init(_ response: TestResponse) {
        self.init(status: response.status.code, headers: response.headers, text: String(buffer: response.body))
    }

    private init(status: Int, headers: HTTPFields, text: String) {
        self.status = status
        self.headers = headers
        self.text = text
        json = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }

    /// The same answer with another body.
    func replacing(_ old: String, with new: String) -> Answer {
        Answer(status: status, headers: headers, text: text.replacingOccurrences(of: old, with: new))
    }

    /// The `code` of a problem document.
    var code: String? { json["code"] as? String }

    /// What became of a payment event; nil in any other answer.
    var paymentResult: String? { status == 200 ? json["result"] as? String : nil }

    /// The fields that a problem document complains of.
    var badFields: [String] { (json["errors"] as? [[String: String]] ?? []).compactMap { $0["field"] } }
}

/// The API's description, and what it says of an answer.
///
/// Unchecked because of `Any`: the values are what JSONSerialization made, and nobody changes them.
struct Contract: @unchecked Sendable {
    private let document: [String: Any]

    init(_ document: [String: Any]) { self.document = document }

    /// Every operation as `GET /path`.
    var operations: Set<String> {
        let paths = document["paths"] as? [String: [String: Any]] ?? [:]
        return Set(
            paths.flatMap { path, item in
                item.keys.filter { $0 != "parameters" }.map { "\($0.uppercased()) \(path)" }
            }
        )
    }

    /// The query parameters of every operation that has any.
    var queryParameters: [String: Set<String>] {
        let paths = document["paths"] as? [String: [String: Any]] ?? [:]
        var found: [String: Set<String>] = [:]
        for (path, item) in paths {
            for case (let method, let operation as [String: Any]) in item {
                let parameters = operation["parameters"] as? [[String: Any]] ?? []
                let names = parameters.filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String }
                if !names.isEmpty { found["\(method.uppercased()) \(path)"] = Set(names) }
            }
        }
        return found
    }

    /// What is wrong with an answer, if it came from a route that is described.
    func complaints(about answer: Answer, method: HTTPRequest.Method, target: String) -> [String] {
        guard let operation = operation(method, target), answer.code != "method_not_allowed" else { return [] }
        let responses = operation["responses"] as? [String: [String: Any]] ?? [:]
        guard let response = responses[String(answer.status)] else {
            return ["status \(answer.status) is not described"]
        }
        guard let content = response["content"] as? [String: [String: Any]] else {
            return answer.text.isEmpty ? [] : ["a body is not described"]
        }
        let type = answer.headers[.contentType] ?? ""
        guard let schema = content[type]?["schema"] as? [String: Any] else { return ["'\(type)' is not described"] }
        guard !answer.json.isEmpty else { return [] }
        return complaints(about: answer.json, schema, at: "body")
    }

    private func operation(_ method: HTTPRequest.Method, _ target: String) -> [String: Any]? {
        let paths = document["paths"] as? [String: [String: Any]] ?? [:]
        let parts = target.split(separator: "?")[0].split(separator: "/", omittingEmptySubsequences: false)
        let match = paths.first { template, _ in
            let expected = template.split(separator: "/", omittingEmptySubsequences: false)
            return expected.count == parts.count
                && zip(expected, parts).allSatisfy { $0.hasPrefix("{") && !$1.isEmpty || $0 == $1 }
        }
        return match?.value[method.rawValue.lowercased()] as? [String: Any]
    }

    /// The part of JSON Schema that the description uses; a member that no schema names is a complaint as well.
    private func complaints(about value: Any, _ schema: [String: Any], at place: String) -> [String] {
        if let reference = schema["$ref"] as? String {
            return complaints(about: value, named(reference), at: place)
        }
        if let all = schema["allOf"] as? [[String: Any]] {
            let code = (all.last?["properties"] as? [String: [String: Any]])?["code"] ?? [:]
            let given = (value as? [String: Any])?["code"] ?? ""
            return complaints(about: value, all[0], at: place) + complaints(about: given, code, at: "\(place).code")
        }
        var found: [String] = []
        if let choices = schema["enum"] as? [String], !choices.contains(value as? String ?? "") {
            found.append("\(place) is \(value), not one of \(choices)")
        }
        switch value {
        case let object as [String: Any]:
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
            found += missing.map { "\(place).\($0) is missing" }
            for (name, member) in object where !properties.isEmpty {
                guard let property = properties[name] else {
                    if name != "info", place != "body" || object["openapi"] == nil {
                        found.append("\(place).\(name) is new")
                    }
                    continue
                }
                found += complaints(about: member, property, at: "\(place).\(name)")
            }
        case let array as [Any]:
            let items = schema["items"] as? [String: Any] ?? [:]
            found += array.enumerated().flatMap { complaints(about: $1, items, at: "\(place)[\($0)]") }
        default: break
        }
        return found + typeComplaints(about: value, schema["type"], at: place)
    }

    private func typeComplaints(about value: Any, _ type: Any?, at place: String) -> [String] {
        let allowed = (type as? [String]) ?? (type as? String).map { [$0] } ?? []
        guard !allowed.isEmpty else { return [] }
        let actual =
            switch value {
            case is NSNull: "null"
            case is String: "string"
            case is [Any]: "array"
            case is [String: Any]: "object"
            case let number as NSNumber: String(cString: number.objCType) == "c" ? "boolean" : "integer"
            default: "unknown"
            }
        // A whole number is a number as well.
        if actual == "integer", allowed.contains("number") { return [] }
        return allowed.contains(actual) ? [] : ["\(place) is \(actual), not \(allowed)"]
    }

    private func named(_ reference: String) -> [String: Any] {
        let schemas = (document["components"] as? [String: [String: [String: Any]]])?["schemas"] ?? [:]
        return schemas[String(reference.dropFirst("#/components/schemas/".count))] ?? ["enum": ["no such schema"]]
    }
}

/// A client that holds every answer against the API's description.
struct ContractClient: Sendable {
    let contract: Contract
    private let client: any TestClientProtocol

    init(_ client: any TestClientProtocol) async throws {
        self.client = client
        contract = Contract(Answer(try await client.execute(uri: "/openapi.json", method: .get)).json)
    }

    /// Sends a request; records an issue when the answer is not as described.
    func send(
        _ method: HTTPRequest.Method,
        _ target: String,
        headers: HTTPFields = [:],
        body: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let response = try await client.execute(
            uri: target,
            method: method,
            headers: headers,
            body: body.map { ByteBuffer(string: $0) }
        )
        let answer = Answer(response)
        let complaints = contract.complaints(about: answer, method: method, target: target)
        #expect(complaints.isEmpty, sourceLocation: sourceLocation)
        #expect(answer.headers[.requestID] != nil, sourceLocation: sourceLocation)
        #expect(answer.headers[.xContentTypeOptions] == "nosniff", sourceLocation: sourceLocation)
        #expect(answer.headers[.setCookie] == nil, sourceLocation: sourceLocation)
        return answer
    }

    /// Reports a payment.
    func report(
        _ body: String,
        headers: HTTPFields = [.contentType: "application/json"],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        try await send(
            .post,
            "/api/payments/webhook",
            headers: headers,
            body: body,
            sourceLocation: sourceLocation
        )
    }

    /// Checks a hold out.
    func checkOut(_ hold: OrderID, sourceLocation: SourceLocation = #_sourceLocation) async throws -> Answer {
        let body = "{\"hold_id\":\"\(hold)\"}"
        return try await send(.post, "/api/orders", body: body, sourceLocation: sourceLocation)
    }

    /// Joins the line of product 1.
    func join(
        _ body: String,
        headers: HTTPFields = [.contentType: "application/json"],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        try await send(
            .post,
            "/api/products/1/queue",
            headers: headers,
            body: body,
            sourceLocation: sourceLocation
        )
    }
}

extension HTTPField.Name {
    static let requestID: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Request-Id") else { preconditionFailure("X-Request-Id is a token") }
        return name
    }()
}
