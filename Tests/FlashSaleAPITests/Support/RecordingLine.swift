import FlashSale
import NIOConcurrencyHelpers

/// A line that notes how it is asked, and answers every join alike.
final class RecordingLine: PurchaseLine, UnwatchedLine {
    /// One call.
    struct Call: Hashable {
        var request: JoinRequest
        /// Whether the caller has a task: the fast path has none.
        var hasTask: Bool
    }

    private let answer: @Sendable (JoinRequest) -> Result<JoinAnswer, any Error>
    private let state = NIOLockedValueBox<[Call]>([])

    init(_ answer: @escaping @Sendable (JoinRequest) -> Result<JoinAnswer, any Error>) { self.answer = answer }

    var calls: [Call] { state.withLockedValue { $0 } }

    func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) {
        let hasTask = withUnsafeCurrentTask { $0 != nil }
        state.withLockedValue { $0.append(Call(request: request, hasTask: hasTask)) }
        answer(self.answer(request))
    }

    func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) {
        answer(.success(nil))
    }

    func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer { .notInLine }
}
