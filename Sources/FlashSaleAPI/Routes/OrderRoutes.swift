import FlashSale
import HTTPTypes
import Hummingbird

/// Holds and orders: reading them, checking a hold out, giving it back.
struct OrderRoutes: Sendable {
    let service: OrderService
    let maximumBodyBytes: Int

    func listHolds(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await list("holds", of: OrderQuery(RequestTarget(request), isHolds: true), HoldDocument.write)
    }

    func listOrders(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await list("orders", of: OrderQuery(RequestTarget(request), isHolds: false), OrderDocument.write)
    }

    func readHold(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try context.order("hold_id", otherwise: .holdNotFound)
        guard let order = try await service.order(id), order.state.wasHeld else { throw Problem.holdNotFound }
        return Response(status: .ok, cache: .never, body: JSONWriter.object { HoldDocument.write(order, to: &$0) })
    }

    func readOrder(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try context.order("order_id", otherwise: .orderNotFound)
        guard let order = try await service.order(id) else { throw Problem.orderNotFound }
        return Self.response(order, status: .ok)
    }

    func giveBack(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await service.giveBack(try context.order("hold_id", otherwise: .holdNotFound))
        return .noContent
    }

    func checkOut(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try CheckoutBody(try await request.jsonBody(upTo: maximumBodyBytes))
        let checkedOut = try await service.checkOut(body.hold)
        var response = Self.response(checkedOut.order, status: checkedOut.isNew ? .created : .ok)
        if checkedOut.isNew { response.headers[.location] = APIPath.order(checkedOut.order.id) }
        return response
    }

    private func list(
        _ name: StaticString,
        of query: OrderQuery,
        _ write: (Order, inout JSONWriter) -> Void
    ) async throws -> Response {
        let orders = try await service.orders(query.page)
        let body = JSONWriter.object(capacity: 128 + 512 * orders.count) { json in
            json.key(name)
            json.array { json in
                for order in orders { json.object { write(order, &$0) } }
            }
            json.member("next", textOrNull: query.next(after: orders))
        }
        return Response(status: .ok, cache: .never, body: body)
    }

    private static func response(_ order: Order, status: HTTPResponse.Status) -> Response {
        Response(status: status, cache: .never, body: JSONWriter.object { OrderDocument.write(order, to: &$0) })
    }
}
