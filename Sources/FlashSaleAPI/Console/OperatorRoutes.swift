import FlashSale
import HTTPTypes
import Hummingbird

/// The operator's API: figures, samples, actions and the log as JSON.
struct OperatorRoutes: Sendable {
    let service: OperatorService
    let maximumBodyBytes: Int

    func overview(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let moment = try await service.moment()
        return Self.response { OperatorDocuments.write(moment, to: &$0) }
    }

    func samples(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        var query = QueryParameters(RequestTarget(request))
        let span = query.value("span", Self.spanRemedy) { SampleSpan(rawValue: $0) } ?? .halfHour
        try query.check()
        let product = try context.product()
        let samples = try await service.samples(of: product, over: span)
        return Self.response(capacity: 256 * (samples.count + 1)) {
            OperatorDocuments.write(samples, of: product, over: span, to: &$0)
        }
    }

    func pause(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await perform(.pause(try context.product()))
    }

    func resume(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await perform(.resume(try context.product()))
    }

    func restock(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        var fields = try BodyFields(try await request.jsonBody(upTo: maximumBodyBytes))
        let units = fields.integer("units", in: 1...Int64(NewProduct.maximumStock))
        fields.refuseOthers(than: "units")
        guard let units, fields.isGood else { throw fields.problem }
        return try await perform(.restock(product, units: Int(units)))
    }

    /// Closing cannot be taken back: the product is named twice.
    func close(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        var fields = try BodyFields(try await request.jsonBody(upTo: maximumBodyBytes))
        let confirmed = fields.integer("confirm", in: 1...ProductID.maximum)
        fields.refuseOthers(than: "confirm")
        guard let confirmed, fields.isGood else { throw fields.problem }
        guard confirmed == product.rawValue else {
            let remedy = "Send the number of the product to close, as in the path"
            throw Problem.invalidFields([InvalidValue(field: "confirm", problem: "is \(confirmed)", remedy: remedy)])
        }
        return try await perform(.close(product))
    }

    func failed(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        var query = QueryParameters(RequestTarget(request))
        let after = query.value("after", "Send the last id of the page before", read: Self.number)
        let limit = query.value("limit", Self.limitRemedy, read: Self.limit) ?? OrderPage.defaultSize
        try query.check()
        let entries = try await service.failedEntries(limit: limit, after: after)
        return Self.response(capacity: 512 * (entries.count + 1)) { json in
            json.key("failed")
            json.array { json in for entry in entries { json.object { OperatorDocuments.write(entry, to: &$0) } } }
        }
    }

    func retryFailed(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await perform(.retryFailed([try Self.entry(context)]))
    }

    func flushFailed(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await perform(.flushFailed([try Self.entry(context)]))
    }

    func payments(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        var query = QueryParameters(RequestTarget(request))
        let choices = PaymentConcern.allCases.map(\.rawValue).joined(separator: " or ")
        let concern = query.value("concern", "Send \(choices)") { PaymentConcern(rawValue: $0) } ?? .refundDue
        let limit = query.value("limit", Self.limitRemedy, read: Self.limit) ?? OrderPage.defaultSize
        try query.check()
        let payments = try await service.payments(concern, limit: limit)
        return Self.response(capacity: 512 * (payments.count + 1)) { json in
            json.key("payments")
            json.array { json in for payment in payments { json.object { OperatorDocuments.write(payment, to: &$0) } } }
        }
    }

    func actions(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        var query = QueryParameters(RequestTarget(request))
        let product = query.value("product_id", "Send a product's number in plain digits") { ProductID(text: $0) }
        let before = query.value("before", "Send the last id of the page before", read: Self.number)
        let limit = query.value("limit", Self.limitRemedy, read: Self.limit) ?? OrderPage.defaultSize
        try query.check()
        let page = OperatorActionPage(product: product, before: before, size: limit)
        let actions = try await service.actions(page)
        return Self.response(capacity: 512 * (actions.count + 1)) { json in
            json.key("actions")
            json.array { json in for action in actions { json.object { OperatorDocuments.write(action, to: &$0) } } }
        }
    }

    private func perform(_ action: OperatorAction) async throws -> Response {
        let result = try await service.perform(action)
        return Self.response { OperatorDocuments.write(result, of: action, to: &$0) }
    }

    private static let spanRemedy =
        "Send one of \(SampleSpan.allCases.map(\.rawValue).joined(separator: ", "))"
    private static let limitRemedy = "Send a whole number from 1 to \(OrderPage.maximumSize)"

    private static func number(_ text: String) -> Int64? {
        Int64(text).flatMap { $0 > 0 && String($0) == text ? $0 : nil }
    }

    private static func limit(_ text: String) -> Int? {
        number(text).flatMap { (1...Int64(OrderPage.maximumSize)).contains($0) ? Int($0) : nil }
    }

    private static func entry(_ context: BasicRequestContext) throws(Problem) -> Int64 {
        guard let id = context.parameters["entry_id"].flatMap({ number(String($0)) }) else {
            throw Problem(.notFound, "There is no failed entry of this number.")
        }
        return id
    }

    private static func response(
        capacity: Int = 2_048,
        _ members: (inout JSONWriter) -> Void
    ) -> Response {
        Response(status: .ok, cache: .never, body: JSONWriter.object(capacity: capacity, members))
    }
}
