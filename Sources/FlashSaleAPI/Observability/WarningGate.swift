import Synchronization

/// Lets one warning a second pass, so that an outage does not fill the disk with its log.
final class WarningGate: Sendable {
    private let start = ContinuousClock.now
    private let lastSecond = Atomic<Int64>(-1)

    /// Whether the warning is the first of its second.
    func pass() -> Bool {
        let second = start.duration(to: .now).components.seconds
        let last = lastSecond.load(ordering: .relaxed)
        guard second != last else { return false }
        return lastSecond.compareExchange(expected: last, desired: second, ordering: .relaxed).exchanged
    }
}
