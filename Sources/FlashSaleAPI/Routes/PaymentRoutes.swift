import FlashSale
import HTTPTypes
import Hummingbird

/// What payment providers report.
struct PaymentRoutes: Sendable {
    let desk: any OrderDesk
    let verification: PaymentVerification
    let maximumBodyBytes: Int
    let gate: RequestGate
    let metrics: OrderMetrics
    let now: @Sendable () -> Timestamp

    func receive(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let event = try await event(of: request)
        let answer: PaymentAnswer
        do {
            try gate.enter()
            defer { gate.leave() }
            answer = try await desk.record(event)
        } catch {
            metrics.countPaymentEvent(.unavailable)
            throw error
        }
        metrics.countPaymentEvent(OrderMetrics.PaymentEventResult(answer))
        switch answer {
        case .recorded(let result): return Self.response(event, result)
        case .wrongAmount(let expected, let currency): throw Problem.wrongAmount(expected: expected, currency: currency)
        case .otherEventOfThisID: throw Problem.eventConflict
        case .unknownProduct:
            throw Problem.invalidFields([
                InvalidValue(
                    field: "order_id",
                    problem: "names a product that does not exist",
                    remedy: "Send the order_id of the order, PRODUCT-TICKET"
                )
            ])
        }
    }

    /// The event, once its signature is known to be right: nothing of an unsigned body is looked at.
    private func event(of request: Request) async throws -> PaymentEvent {
        do {
            let body = try await request.jsonBody(upTo: maximumBodyBytes)
            try verify(request, body)
            return try PaymentBody(body).event
        } catch let problem as Problem {
            metrics.countPaymentEvent(problem.code == .badSignature ? .badSignature : .invalid)
            throw problem
        }
    }

    private func verify(_ request: Request, _ body: [UInt8]) throws(Problem) {
        guard case .signed(let verifier) = verification else { return }
        let headers = WebhookHeaders { name in
            HTTPField.Name(name).map { request.headers[values: $0] } ?? []
        }
        do { try verifier.verify(headers, body: body, now: now()) } catch { throw Problem(refusal: error) }
    }

    private static func response(_ event: PaymentEvent, _ result: PaymentResult) -> Response {
        let body = JSONWriter.object { json in
            json.member("event_id", event.id)
            json.member("order_id", event.order.description)
            json.member("result", result.rawValue)
        }
        return Response(status: .ok, cache: .never, body: body)
    }
}
