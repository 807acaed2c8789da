import FlashSale
import HTTPTypes

/// Writes where users stand, with what they may expect: the fast path and the router answer with the same document.
///
/// A class, so that a callback takes hold of one reference.
final class QueueStatusEncoder: Sendable {
    private let board: ProgressBoard
    private let pace: PollPace
    private let now: @Sendable () -> Timestamp

    init(board: ProgressBoard, pace: PollPace, now: @escaping @Sendable () -> Timestamp) {
        self.board = board
        self.pace = pace
        self.now = now
    }

    /// The answer to a join.
    func answer(_ joined: QueueService.Joined) -> Answer {
        let standing = joined.standing
        var answer = answer(standing)
        guard joined.isNew else { return answer }
        answer.status = .accepted
        answer.location = APIPath.standing(of: standing.user, for: standing.product)
        return answer
    }

    /// The answer to a poll: 404 for who stands nowhere.
    func answer(_ standing: Standing?) throws(Problem) -> Answer {
        guard let standing else { throw .notInLine }
        return answer(standing)
    }

    private func answer(_ standing: Standing) -> Answer {
        let (forecast, pollAfter) = outlook(for: standing)
        return Answer(
            status: .ok,
            body: StandingDocument.document(standing, forecast: forecast, pollAfterMilliseconds: pollAfter)
        )
    }

    /// What a user may expect, nil for one who does not wait; and when to ask again, in milliseconds.
    func outlook(for standing: Standing) -> (forecast: Forecast?, pollAfterMilliseconds: Int64) {
        let page = standing.status == .queued ? board.glance(at: standing.product) : nil
        let forecast = Forecast(for: standing, progress: page?.progress, estimate: page?.estimate)
        return (forecast, pace.milliseconds(for: standing, forecast: forecast, now: now()))
    }
}
