import FlashSale
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A line whose store does not answer until it is released; from then on it is the line behind it.
final class StalledLine: PurchaseLine, WatchedLine {
    /// A call that waits, and the event loop that its caller runs on.
    ///
    /// Unchecked: made on that event loop, as the caller would have made it.
    private struct Call: @unchecked Sendable {
        let make: () -> Void
        let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop

        func go() {
            if let eventLoop { eventLoop.execute { make() } } else { make() }
        }
    }

    private struct State {
        var isReleased = false
        var calls: [Call] = []
    }

    private let line: any PurchaseLine & WatchedLine
    private let state = NIOLockedValueBox(State())

    init(_ line: any PurchaseLine & WatchedLine) { self.line = line }

    /// How many calls wait for the store.
    var waiting: Int { state.withLockedValue { $0.calls.count } }

    /// The store answers: what waits and what comes.
    func release() {
        let calls = state.withLockedValue { state in
            state.isReleased = true
            defer { state.calls = [] }
            return state.calls
        }
        for call in calls { call.go() }
    }

    func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) {
        stall { [line] in line.join(request, answer: answer) }
    }

    func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) {
        stall { [line] in line.standing(of: user, for: product, renewsCart: renewsCart, answer: answer) }
    }

    func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer {
        await stall()
        return try await line.leave(product, user: user)
    }

    func look(at product: ProductID, for users: [WatchedUser]) async throws -> LineSighting {
        await stall()
        return try await line.look(at: product, for: users)
    }

    private func stall() async {
        await withCheckedContinuation { continuation in stall { continuation.resume() } }
    }

    private func stall(_ make: @escaping () -> Void) {
        let call = Call(make: make)
        let isReleased = state.withLockedValue { state in
            if !state.isReleased { state.calls.append(call) }
            return state.isReleased
        }
        if isReleased { make() }
    }
}
