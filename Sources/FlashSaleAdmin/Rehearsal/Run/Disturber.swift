import FlashSale
import FlashSaleStorage
import NIOConcurrencyHelpers

/// Makes something go wrong once, in the middle of the sale, and always puts it right again.
final class Disturber: Sendable {
    private struct State {
        var spans: [ClosedRange<Int64>] = []
        var problem: String?
        var isUnderWay = false
    }

    /// How often the middle of the sale is looked for.
    private static let look = Duration.milliseconds(20)
    /// The product's row is locked so long, then free so long: a worker's transaction waits, and none gives up.
    private static let locked = Duration.milliseconds(400)
    private static let free = Duration.milliseconds(20)

    private let state = NIOLockedValueBox(State())

    var isUnderWay: Bool { state.withLockedValue(\.isUnderWay) }
    /// When it went wrong, in microseconds after the start.
    var spans: [ClosedRange<Int64>] { state.withLockedValue(\.spans) }
    /// Why it could not be done; nil when it was, or was not asked for.
    var problem: String? { state.withLockedValue(\.problem) }

    /// Waits for the middle, and disturbs for as long as planned; ends early when the task is cancelled.
    func run(_ plan: RehearsalPlan, _ product: ProductID, _ administration: SaleAdministration, _ scene: Scene) async {
        guard plan.disturbance != .none else { return }
        do {
            while !Self.isMiddle(plan, scene.stage.counts) { try await Task.sleep(for: Self.look) }
            let began = scene.now
            state.withLockedValue { $0.isUnderWay = true }
            defer {
                let ended = scene.now
                state.withLockedValue { state in
                    state.isUnderWay = false
                    state.spans.append(began...max(began, ended))
                }
            }
            switch plan.disturbance {
            case .none: break
            case .pause: try await Self.pause(product, plan.disturbedFor, administration)
            case .slowDatabase: try await Self.lock(product, plan.disturbedFor, administration)
            }
        } catch is CancellationError {
            // The sale was over before.
        } catch {
            state.withLockedValue { $0.problem = CommandFailure(error)?.description ?? "\(error)" }
        }
    }

    /// Half of the people have come, or half of the units are decided: whatever is first.
    static func isMiddle(_ plan: RehearsalPlan, _ counts: Stage.Counts) -> Bool {
        2 * counts.joined >= plan.users || counts.servedTicket >= (plan.stock + 1) / 2
    }

    private static func pause(_ product: ProductID, _ time: Duration, _ administration: SaleAdministration) async throws
    {
        _ = try await administration.setPaused(product, true)
        try? await Task.sleep(for: time)
        // A rehearsal that is stopped meanwhile must not leave the product paused: this is not cancelled with it.
        _ = try await Task { try await administration.setPaused(product, false) }.value
    }

    private static func lock(_ product: ProductID, _ time: Duration, _ administration: SaleAdministration) async throws
    {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            try await administration.holdLock(of: product, for: locked)
            try await Task.sleep(for: free)
        }
    }
}
