@preconcurrency import Dispatch
import Glibc
import NIOConcurrencyHelpers

/// SIGINT and SIGTERM, which ask us to stop; the second of them, at once.
final class StopSignals: Sendable {
    private static let signals = [SIGINT, SIGTERM]

    private let first: AsyncStream<Void>
    // Kept alive: a source that is released hears nothing.
    private let sources: NIOLockedValueBox<[any DispatchSourceSignal]>

    /// Listens from now on.
    ///
    /// - Parameter insisted: Called at the second signal, on a thread of its own.
    init(insisted: @escaping @Sendable () -> Void) {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        first = stream
        let count = NIOLockedValueBox(0)
        sources = NIOLockedValueBox(
            Self.signals.map { number in
                // The default action would end us before the source sees the signal.
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler {
                    let number = count.withLockedValue { count in
                        count += 1
                        return count
                    }
                    if number == 1 { continuation.yield() } else { insisted() }
                }
                source.resume()
                return source
            }
        )
    }

    /// Returns when the first signal has come, or the task is cancelled.
    func wait() async {
        for await _ in first { return }
    }

    /// Listens no longer.
    func stop() {
        sources.withLockedValue { sources in
            for source in sources { source.cancel() }
            sources = []
        }
    }
}
