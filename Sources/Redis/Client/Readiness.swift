import NIOConcurrencyHelpers

/// Lets callers wait for a client's first connection.
final class Readiness: Sendable {
    private struct State {
        var isReady = false
        var lastCause: RedisError
        var nextID = 0
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
    }

    private let state: NIOLockedValueBox<State>

    init(_ address: RedisConfiguration.Address) {
        let cause = RedisError(.notConnected, "not connected to \(address) yet: the client's run() has to do that")
        state = NIOLockedValueBox(State(lastCause: cause))
    }

    /// Why the last attempt failed, or that there was none.
    var lastCause: RedisError { state.withLockedValue(\.lastCause) }

    /// A connection is ready: nobody waits from now on.
    func becameReady() {
        let waiters = state.withLockedValue { state in
            state.isReady = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// A connection was lost or not gained.
    func failed(_ cause: RedisError) {
        state.withLockedValue { $0.lastCause = cause }
    }

    /// Returns once a connection has been ready; throws `CancellationError` on cancellation.
    func wait() async throws {
        let id = state.withLockedValue { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isReady = state.withLockedValue { state in
                    if !state.isReady { state.waiters[id] = continuation }
                    return state.isReady
                }
                if isReady {
                    continuation.resume()
                } else if Task.isCancelled {
                    // The handler below may have run before there was anything to take.
                    cancel(id)
                }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func cancel(_ id: Int) {
        state.withLockedValue { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
    }
}
