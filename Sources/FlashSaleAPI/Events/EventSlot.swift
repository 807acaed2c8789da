import NIOCore
import Synchronization

/// Hands bytes from the one who watches a line to the connection of one user: the latest event, never a queue of them.
///
/// What a slow reader has not taken yet is replaced by what came after it: a standing says all that the one before it said.
final class EventSlot: Sendable {
    private struct State {
        var pending: ByteBuffer?
        var pendingSince: ContinuousClock.Instant?
        var isClosed = false
        var reader: CheckedContinuation<ByteBuffer?, Never>?
    }

    private let state = Mutex(State())

    /// Puts bytes in place of what was not taken yet.
    ///
    /// - Parameter isLast: Whether the stream ends behind them.
    func put(_ bytes: ByteBuffer, isLast: Bool = false, at now: ContinuousClock.Instant) {
        let reader = state.withLock { state -> CheckedContinuation<ByteBuffer?, Never>? in
            guard !state.isClosed else { return nil }
            state.isClosed = isLast
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            state.pendingSince = state.pendingSince ?? now
            state.pending = bytes
            return nil
        }
        reader?.resume(returning: bytes)
    }

    /// Puts bytes there if nothing waits to be taken.
    func putIfEmpty(_ bytes: ByteBuffer, at now: ContinuousClock.Instant) {
        guard state.withLock({ $0.pending == nil }) else { return }
        put(bytes, at: now)
    }

    /// Ends the stream, with or without its last bytes.
    func close() {
        let reader = state.withLock { state -> CheckedContinuation<ByteBuffer?, Never>? in
            state.isClosed = true
            state.pending = nil
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// Since when something waits to be taken.
    var pendingSince: ContinuousClock.Instant? { state.withLock { $0.pendingSince } }

    /// The next bytes; nil when the stream has ended, or the caller's task is cancelled.
    func next() async -> ByteBuffer? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (bytes, waits) = state.withLock { state -> (ByteBuffer?, Bool) in
                    if let bytes = state.pending {
                        state.pending = nil
                        state.pendingSince = nil
                        return (bytes, false)
                    }
                    if state.isClosed { return (nil, false) }
                    state.reader = continuation
                    return (nil, true)
                }
                if !waits { continuation.resume(returning: bytes) }
            }
        } onCancel: {
            close()
        }
    }
}
