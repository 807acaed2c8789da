import FlashSale
import FlashSaleWeb

/// What the operator sees, read at most once a second for everybody.
struct OperatorFigures: Sendable {
    private struct SampleKey: Hashable {
        let product: ProductID
        let span: SampleSpan
    }

    private let desk: any OperatorDesk
    private let checks: [ReadinessCheck]
    private let moments = SharedAnswers<Int, ConsoleMoment>(lifetime: .seconds(1))
    private let shortSamples = SharedAnswers<SampleKey, [LineSample]>(lifetime: .seconds(2))
    private let longSamples = SharedAnswers<SampleKey, [LineSample]>(lifetime: .seconds(30))

    init(desk: any OperatorDesk, checks: [ReadinessCheck]) {
        self.desk = desk
        self.checks = checks
    }

    /// All sales, and how this process gets on with its stores.
    func moment() async throws -> ConsoleMoment {
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

    /// A product's samples; long spans are read less often.
    func samples(of product: ProductID, over span: SampleSpan) async throws -> [LineSample] {
        let shared = span == .halfHour || span == .threeHours ? shortSamples : longSamples
        return try await shared.value(SampleKey(product: product, span: span)) { [desk] in
            try await desk.samples(of: product, over: span)
        }
    }

    /// Does something; the next look shows it.
    func perform(_ action: OperatorAction) async throws -> OperatorResult {
        let result = try await desk.perform(action, by: .console)
        await moments.forget()
        return result
    }
}
