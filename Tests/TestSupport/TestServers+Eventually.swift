/// Something that should have become true did not, within its deadline.
public struct NeverHappened: Error, CustomStringConvertible {
    /// What was waited for, how long, and the last error of the condition.
    public let description: String
}

/// Waits until `condition` is true, asking again every 10 ms.
///
/// An error thrown by the condition counts as "not yet". The deadline only bounds a hang: leave it generous, for a
/// loaded machine. `what` is for the error's message.
/// - Throws: ``NeverHappened`` at the deadline; `CancellationError`.
public func eventually(
    within deadline: Duration = .seconds(120),
    _ what: String,
    isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + deadline
    var lastError: (any Error)?
    repeat {
        do {
            if try await condition() { return }
            lastError = nil
        } catch {
            lastError = error
        }
        try await Task.sleep(for: .milliseconds(10))
    } while clock.now < end
    let cause = lastError.map { ": \($0)" } ?? ""
    throw NeverHappened(description: "Not within \(deadline): \(what)\(cause)")
}
