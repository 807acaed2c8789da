import FlashSale

/// Figures as the console writes them.
enum ConsoleText {
    /// `12,345`; a dash when nobody knows.
    static func count(_ count: Int?) -> String { count.map { ChartNumber.short(Double($0), step: 1) } ?? "–" }

    /// `12.5`; a dash when nobody knows.
    static func rate(_ rate: Double?) -> String {
        rate.map { ChartNumber.short($0, step: $0 < 100 ? 0.5 : 1) } ?? "–"
    }

    /// `2 h 5 min`, `3 min`, `12 s`.
    static func duration(from start: Timestamp, to end: Timestamp) -> String {
        let seconds = max(0, (end.microseconds - start.microseconds) / 1_000_000)
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min" }
        return "\(seconds / 3600) h \(seconds / 60 % 60) min"
    }

    /// `2026-12-01 10:00:00`, in UTC.
    static func time(_ time: Timestamp) -> String {
        String(time.description.prefix(19)).replacing("T", with: " ")
    }
}
