import FlashSale
import NIOConcurrencyHelpers

/// A line whose store does not answer until it is released; from then on it is the line behind it.
final class StalledLine: PurchaseLine, WatchedLine {
    private struct State {
        var isReleased = false
        var callers: [CheckedContinuation<Void, Never>] = []
    }

    private let line: any PurchaseLine & WatchedLine
    private let state = NIOLockedValueBox(State())

    init(_ line: any PurchaseLine & WatchedLine) { self.line = line }

    /// How many calls wait for the store.
    var waiting: Int { state.withLockedValue { $0.callers.count } }

    /// The store answers: what waits and what comes.
    func release() {
        let callers = state.withLockedValue { state in
            state.isReleased = true
            defer { state.callers = [] }
            return state.callers
        }
        for caller in callers { caller.resume() }
    }

    func join(_ request: JoinRequest) async throws -> JoinAnswer {
        await stall()
        return try await line.join(request)
    }

    func standing(of user: UserID, for product: ProductID, renewsCart: Bool) async throws -> Standing? {
        await stall()
        return try await line.standing(of: user, for: product, renewsCart: renewsCart)
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
        await withCheckedContinuation { continuation in
            let isReleased = state.withLockedValue { state in
                if !state.isReleased { state.callers.append(continuation) }
                return state.isReleased
            }
            if isReleased { continuation.resume() }
        }
    }
}
