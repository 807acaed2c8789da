import FlashSale
import FlashSaleWeb

/// What the operator sees and does, for the console and for the operator's API.
///
/// Each call is admitted and made here, and its refusal becomes a ``Problem``. Figures are read at most once a second for
/// everybody.
struct OperatorService: Sendable {
    private struct SampleKey: Hashable {
        let product: ProductID
        let span: SampleSpan
    }

    private let desk: any OperatorDesk
    private let checks: [ReadinessCheck]
    private let gate: RequestGate
    private let moments = SharedAnswers<Int, ConsoleMoment>(lifetime: .seconds(1))
    private let shortSamples = SharedAnswers<SampleKey, [LineSample]>(lifetime: .seconds(2))
    private let longSamples = SharedAnswers<SampleKey, [LineSample]>(lifetime: .seconds(30))

    init(desk: any OperatorDesk, checks: [ReadinessCheck], gate: RequestGate) {
        self.desk = desk
        self.checks = checks
        self.gate = gate
    }

    /// All sales, and how this process gets on with its stores.
    func moment() async throws -> ConsoleMoment {
        try await gate.admit {
            try await moments.value(0) { [desk, checks] in
                async let overview = desk.overview()
                var health: [ConsoleMoment.Check] = []
                for check in checks {
                    let outcome = await check.outcome()
                    health.append(
                        ConsoleMoment.Check(
                            name: check.name,
                            isWorking: outcome.isWorking,
                            detail: outcome.detail ?? "ok"
                        )
                    )
                }
                return ConsoleMoment(overview: try await overview, checks: health)
            }
        }
    }

    /// A product's samples; long spans are read less often.
    func samples(of product: ProductID, over span: SampleSpan) async throws -> [LineSample] {
        let shared = span == .halfHour || span == .threeHours ? shortSamples : longSamples
        return try await gate.admit {
            try await shared.value(SampleKey(product: product, span: span)) { [desk] in
                try await desk.samples(of: product, over: span)
            }
        }
    }

    /// Entries that could not be processed, the oldest first.
    func failedEntries(limit: Int, after: Int64? = nil) async throws -> [FailedEntry] {
        try await gate.admit { try await desk.failedEntries(limit: limit, after: after) }
    }

    /// Payments that a person has to do something about, the oldest first.
    func payments(_ concern: PaymentConcern, limit: Int) async throws -> [PaymentOfConcern] {
        try await gate.admit { try await desk.payments(concern, limit: limit) }
    }

    /// What operators did, the latest first.
    func actions(_ page: OperatorActionPage) async throws -> [OperatorActionRecord] {
        try await gate.admit { try await desk.actions(page) }
    }

    /// Does something; the next look shows it.
    ///
    /// - Throws: ``Problem``: `invalid_field`, `product_not_found`, `overloaded`; or the store's error.
    func perform(_ action: OperatorAction) async throws -> OperatorResult {
        do {
            let result = try await gate.admit { try await desk.perform(action, by: .console) }
            await moments.forget()
            return result
        } catch let invalid as InvalidValue {
            throw Problem.invalidFields([invalid])
        } catch is NoSuchProduct {
            throw Problem.productNotFound
        }
    }
}
