import Foundation

/// A value behind a lock.
///
/// `NSLock` rather than `Synchronization.Mutex`, about which the thread sanitizer gives false alarms on Linux.
// @unchecked: `value` is only ever touched with `lock` held.
final class Locked<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) {
        self.value = value
    }

    func withValue<R>(_ body: (inout Value) throws -> R) rethrows -> R {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
