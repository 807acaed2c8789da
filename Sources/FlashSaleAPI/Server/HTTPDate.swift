import Foundation
import Synchronization

/// The present time as HTTP writes it (RFC 9110, section 5.6.7), made once a second.
final class HTTPDate: Sendable {
    private let last = Mutex((second: time_t(0), text: ""))

    /// `Sat, 21 Nov 2026 06:55:00 GMT`.
    func text() -> String {
        let now = Self.now()
        return last.withLock { last in
            if last.second != now { last = (now, Self.text(of: now)) }
            return last.text
        }
    }

    /// Seconds since the epoch.
    static func now() -> time_t { time(nil) }

    /// A time in seconds since the epoch.
    static func text(of second: time_t) -> String {
        var second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = days[Int(parts.tm_wday)]
        let month = months[Int(parts.tm_mon)]
        let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return "\(day), \(two(parts.tm_mday)) \(month) \(parts.tm_year + 1_900) \(clock) GMT"
    }

    // The names are English whatever the locale, so strftime will not do.
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
