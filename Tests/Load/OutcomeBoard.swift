import Foundation
import NIOConcurrencyHelpers

/// When tickets were decided, and when their streams said so.
final class OutcomeBoard: Sendable {
    private struct State {
        var greeted = 0
        var outcomes: [Int: ContinuousClock.Instant] = [:]
        var statuses: [String: Int] = [:]
        /// How far the line had come, and when that was first seen.
        var served: [(ticket: Int, at: ContinuousClock.Instant)] = []
    }

    private let state = NIOLockedValueBox(State())

    /// Streams that have sent anything.
    var greeted: Int { state.withLockedValue { $0.greeted } }

    /// When each ticket's stream said what became of it.
    var outcomes: [Int: ContinuousClock.Instant] { state.withLockedValue { $0.outcomes } }

    /// A stream has sent its first event.
    func greet() { state.withLockedValue { $0.greeted += 1 } }

    /// A stream has told its outcome.
    func note(ticket: Int, status: String) {
        let now = ContinuousClock.now
        state.withLockedValue { state in
            guard state.outcomes[ticket] == nil else { return }
            state.outcomes[ticket] = now
            state.statuses[status, default: 0] += 1
        }
    }

    /// What a status request has shown.
    func noteProgress(_ text: String) {
        let now = ContinuousClock.now
        guard let served = Self.number("served_ticket", in: text) else { return }
        // Sold out: everybody behind is decided at once.
        let reached = text.contains("\"status\":\"queued\"") ? served : Int.max
        state.withLockedValue { state in
            if reached > state.served.last?.ticket ?? 0 { state.served.append((reached, now)) }
        }
    }

    /// What there is to say.
    func report(of count: Int) -> String {
        state.withLockedValue { state in
            let delays = state.outcomes.compactMap { ticket, at in
                state.served.first { $0.ticket >= ticket }.map { (at - $0.at) / .milliseconds(1) }
            }.sorted()
            func at(_ share: Double) -> String {
                delays.isEmpty ? "-" : "\(Int(delays[min(delays.count - 1, Int(Double(delays.count) * share))])) ms"
            }
            return """
                outcomes: \(state.outcomes.count) of \(count), \(state.statuses)
                decision to event: p50 \(at(0.5)), p99 \(at(0.99)), max \(at(1))
                """
        }
    }

    /// A whole number in a flat JSON document.
    static func number(_ name: String, in text: String) -> Int? {
        guard let range = text.range(of: "\"\(name)\":") else { return nil }
        return Int(text[range.upperBound...].prefix { $0.isNumber })
    }
}
