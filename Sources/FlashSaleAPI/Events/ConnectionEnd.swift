import Synchronization

/// Tells the event stream of a connection that its client is gone.
///
/// Who waits for the next event would else learn of it only by sending one; a server on its way down would wait for that.
final class ConnectionEnd: Sendable {
    private struct State {
        var hasCome = false
        var slot: EventSlot?
    }

    /// That of the connection whose request is being answered; nil without a connection, as in tests of the router.
    @TaskLocal static var current: ConnectionEnd?

    private let state = Mutex(State())

    /// Runs the body, and closes the slot as soon as the connection ends meanwhile.
    func closing<Result>(_ slot: EventSlot, while body: () async throws -> Result) async rethrows -> Result {
        let isOver = state.withLock { state in
            state.slot = slot
            return state.hasCome
        }
        if isOver { slot.close() }
        // It lives as long as its connection, which may have many streams, one after the other.
        defer { state.withLock { $0.slot = nil } }
        return try await body()
    }

    /// The connection has ended.
    func come() {
        let slot = state.withLock { state in
            state.hasCome = true
            return state.slot
        }
        slot?.close()
    }
}
