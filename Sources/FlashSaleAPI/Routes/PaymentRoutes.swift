import FlashSale
import HTTPTypes
import Hummingbird

/// What payment providers report.
struct PaymentRoutes: Sendable {
    let service: PaymentService
    let maximumBodyBytes: Int

    func receive(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let headers = WebhookHeaders { name in
            HTTPField.Name(name).map { request.headers[values: $0] } ?? []
        }
        let receipt = try await service.receive(headers) { try await request.jsonBody(upTo: maximumBodyBytes) }
        let body = JSONWriter.object { json in
            json.member("event_id", receipt.event.id)
            json.member("order_id", receipt.event.order.description)
            json.member("result", receipt.result.rawValue)
        }
        return Response(status: .ok, cache: .never, body: body)
    }
}
