import FlashSale
import NIOConcurrencyHelpers

/// What the parts of one rehearsal share: its clock, its crowd, and where it stands.
final class Scene: Sendable {
    let stage: Stage
    let start: ContinuousClock.Instant
    let plan: RehearsalPlan
    let disturbance = Disturber()
    private let phase = NIOLockedValueBox(RehearsalProgress.Phase.selling)

    init(stage: Stage, start: ContinuousClock.Instant, plan: RehearsalPlan) {
        self.stage = stage
        self.start = start
        self.plan = plan
    }

    /// After the start, in microseconds.
    var now: Int64 { (ContinuousClock.now - start).microseconds }
    var isOverdue: Bool { now > plan.deadline.microseconds }

    func enter(_ phase: RehearsalProgress.Phase) { self.phase.withLockedValue { $0 = phase } }

    var progress: RehearsalProgress {
        RehearsalProgress(
            phase: phase.withLockedValue(\.self),
            elapsed: ContinuousClock.now - start,
            users: plan.users,
            counts: stage.counts,
            disturbance: disturbance.isUnderWay ? plan.disturbance.rawValue : nil
        )
    }
}
