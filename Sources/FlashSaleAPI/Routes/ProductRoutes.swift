import FlashSale
import Hummingbird

/// The shop window.
struct ProductRoutes: Sendable {
    let service: ProductService
    let now: @Sendable () -> Timestamp

    /// `GET /api/products` and `GET /api/products/{id}`.
    func endpoints() -> [Endpoint] {
        [
            Endpoint(
                method: .get,
                path: "/api/products",
                operation: Endpoint.Operation(
                    id: "listProducts",
                    summary: "All products, by rising id.",
                    answers: [Endpoint.Answer(status: .ok, description: "The products.", schema: "ProductList")],
                    problems: [.unavailable]
                ),
                isAdmittedByServices: true,
                handler: list
            ),
            Endpoint(
                method: .get,
                path: "/api/products/{id}",
                operation: Endpoint.Operation(
                    id: "readProduct",
                    summary: "One product: price, stock, sale window and state.",
                    answers: [Endpoint.Answer(status: .ok, description: "The product.", schema: "Product")],
                    problems: [.productNotFound, .unavailable]
                ),
                isAdmittedByServices: true,
                handler: read
            ),
        ]
    }

    private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let products = try await service.products()
        let now = now()
        let body = JSONWriter.object { json in
            json.key("products")
            json.array { json in
                for product in products {
                    json.object { ProductDocument.write(product, now: now, to: &$0) }
                }
            }
        }
        return Response(status: .ok, cache: .oneSecond, body: body)
    }

    private func read(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try await service.product(try context.product())
        let body = JSONWriter.object { ProductDocument.write(product, now: now(), to: &$0) }
        return Response(status: .ok, cache: .oneSecond, body: body)
    }
}
