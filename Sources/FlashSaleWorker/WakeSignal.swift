import Synchronization

/// Lets one task sleep until somebody has news for it, or a while has passed.
///
/// News that comes early is kept.
final class WakeSignal: Sendable {
    private enum State {
        case quiet
        case signalled
        case sleeping(CheckedContinuation<Void, Never>)
        case closed
    }

    private let state = Mutex(State.quiet)

    /// Wakes the sleeper, or lets the next sleep return at once.
    func signal() {
        wake { state in
            switch state {
            case .closed: .closed
            case .quiet, .signalled: .signalled
            case .sleeping: .quiet
            }
        }
    }

    /// Ends the sleep, and every later one at once.
    func close() { wake { _ in .closed } }

    /// Whether ``close()`` was called.
    var isClosed: Bool {
        state.withLock { state in
            if case .closed = state { true } else { false }
        }
    }

    /// Sleeps until there is news, the time is over or the task is cancelled.
    ///
    /// For one task at a time.
    func sleep(atMost duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.park() }
            group.addTask { try? await Task.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }

    private func park() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if case .closed = state { return true }
                    guard case .quiet = state, !Task.isCancelled else {
                        state = .quiet
                        return true
                    }
                    state = .sleeping(continuation)
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            wake { state in
                if case .sleeping = state { .quiet } else { state }
            }
        }
    }

    private func wake(_ transition: (State) -> State) {
        let sleeper: CheckedContinuation<Void, Never>? = state.withLock { state in
            let before = state
            state = transition(before)
            return if case .sleeping(let continuation) = before { continuation } else { nil }
        }
        sleeper?.resume()
    }
}
