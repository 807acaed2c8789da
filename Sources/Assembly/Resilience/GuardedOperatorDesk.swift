import FlashSale

/// The operator's desk behind MariaDB's breaker.
struct GuardedOperatorDesk: OperatorDesk {
    let desk: any OperatorDesk
    let store: GuardedStore

    func overview() async throws -> OperatorOverview {
        try await store.run { try await desk.overview() }
    }

    func samples(of product: ProductID, over span: SampleSpan) async throws -> [LineSample] {
        try await store.run { try await desk.samples(of: product, over: span) }
    }

    func perform(_ action: OperatorAction, by actor: OperatorActor) async throws -> OperatorResult {
        try await store.run { try await desk.perform(action, by: actor) }
    }

    func actions(_ page: OperatorActionPage) async throws -> [OperatorActionRecord] {
        try await store.run { try await desk.actions(page) }
    }

    func failedEntries(limit: Int, after: Int64?) async throws -> [FailedEntry] {
        try await store.run { try await desk.failedEntries(limit: limit, after: after) }
    }

    func payments(_ concern: PaymentConcern, limit: Int) async throws -> [PaymentOfConcern] {
        try await store.run { try await desk.payments(concern, limit: limit) }
    }
}
