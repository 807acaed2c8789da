import FlashSale
import HTTPTypes
import Hummingbird

/// A place in line as JSON: taking it, looking at it, giving it up.
struct QueueRoutes: Sendable {
    let service: QueueService
    let encoder: QueueStatusEncoder
    let maximumBodyBytes: Int

    func join(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        let body = try JoinBody(try await request.jsonBody(upTo: maximumBodyBytes))
        return Response(encoder.answer(try await service.join(body.request(for: product))))
    }

    /// ``join(_:_:)`` on the fast path.
    func fastJoin(_ request: FastRequest, answer: FastCompletion) -> Bool {
        guard let product = request.product, let body = JoinBody(plain: request.body) else { return false }
        return service.join(body.request(for: product)) { [encoder] result in
            answer(result.map { encoder.answer($0) })
        }
    }

    func standing(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        return try await standing(of: try context.user(), for: product)
    }

    /// Answers where a user stands, whoever has said who it is.
    func standing(of user: UserID, for product: ProductID) async throws -> Response {
        Response(try encoder.answer(try await service.status(of: user, for: product, .poll)))
    }

    /// ``standing(_:_:)`` on the fast path.
    func fastStanding(_ request: FastRequest, answer: FastCompletion) -> Bool {
        guard let product = request.product, let user = request.user else { return false }
        return service.status(of: user, for: product, .poll) { [encoder] result in
            answer(Result { try encoder.answer(try result.get()) })
        }
    }

    func leave(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        guard try await service.leave(product, user: try context.user()) else { throw Problem.notInLine }
        return .noContent
    }
}
