import FlashSale

/// The line behind Redis's breaker.
///
/// The guards are made where programs are wired: only there is it known which of the domain's protocols share a store, and
/// neither the stores nor the routes need to know that they are guarded.
struct GuardedPurchaseLine: PurchaseLine, PromptLine, WatchedLine {
    let line: any PurchaseLine & PromptLine & WatchedLine
    let store: GuardedStore

    func join(_ request: JoinRequest) async throws -> JoinAnswer {
        try await store.run { try await line.join(request) }
    }

    func standing(of user: UserID, for product: ProductID, renewsCart: Bool) async throws -> Standing? {
        try await store.run { try await line.standing(of: user, for: product, renewsCart: renewsCart) }
    }

    func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer {
        try await store.run { try await line.leave(product, user: user) }
    }

    func look(at product: ProductID, for users: [WatchedUser]) async throws -> LineSighting {
        try await store.run { try await line.look(at: product, for: users) }
    }

    // While the breaker is not closed, its probes and refusals are made in one place: above.

    func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) -> Bool {
        guard let permit = store.closedPermit else { return false }
        return line.join(request) { result in
            store.ended(permit, result.failure)
            answer(result)
        }
    }

    func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) -> Bool {
        guard let permit = store.closedPermit else { return false }
        return line.standing(of: user, for: product, renewsCart: renewsCart) { result in
            store.ended(permit, result.failure)
            answer(result)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
