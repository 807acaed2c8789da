import FlashSale

/// The line behind Redis's breaker.
///
/// The guards are made where programs are wired: only there is it known which of the domain's protocols share a store, and
/// neither the stores nor the routes need to know that they are guarded.
struct GuardedPurchaseLine: PurchaseLine, WatchedLine {
    let line: any PurchaseLine & WatchedLine
    let store: GuardedStore

    func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer {
        try await store.run { try await line.leave(product, user: user) }
    }

    func look(at product: ProductID, for users: [WatchedUser]) async throws -> LineSighting {
        try await store.run { try await line.look(at: product, for: users) }
    }

    func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) {
        guarded(answer) { line.join(request, answer: $0) }
    }

    func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) {
        guarded(answer) { line.standing(of: user, for: product, renewsCart: renewsCart, answer: $0) }
    }

    private func guarded<Value>(
        _ answer: @escaping (Result<Value, any Error>) -> Void,
        _ call: (@escaping (Result<Value, any Error>) -> Void) -> Void
    ) {
        let permit: CircuitBreaker.Permit
        do { permit = try store.permit() } catch { return answer(.failure(error)) }
        call { result in
            store.ended(permit, result.failure)
            answer(result)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
