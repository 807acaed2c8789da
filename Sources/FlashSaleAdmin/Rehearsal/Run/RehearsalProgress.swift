/// Where a rehearsal stands, for somebody who watches it.
struct RehearsalProgress: Sendable, Equatable {
    /// What goes on.
    enum Phase: String, Sendable {
        case opening = "opening the sale"
        case selling = "selling"
        case settling = "waiting for the line to be empty"
        case asking = "asking for the last outcomes"
        case auditing = "auditing"
    }

    let phase: Phase
    let elapsed: Duration
    let users: Int
    let counts: Stage.Counts
    /// What is going wrong on purpose; nil for nothing.
    let disturbance: String?

    /// One line: a bar of those who are done, and the figures.
    func line(width: Int = 24) -> String {
        let done = users == 0 ? 0 : min(width, width * counts.finished / users)
        let bar = String(repeating: "█", count: done) + String(repeating: "░", count: width - done)
        var parts = [
            "\(elapsed.components.seconds)s", phase.rawValue, "\(counts.arrived) came", "\(counts.joined) joined",
            "\(counts.finished) of \(users) done",
            counts.isSoldOut ? "sold out" : "line \(max(0, counts.lastTicket - counts.servedTicket))",
        ]
        if let disturbance { parts.append("disturbed: \(disturbance)") }
        return "\(bar)  \(parts.joined(separator: " · "))"
    }
}

/// Shows the progress on standard error: one line that is replaced in a terminal, else a line every few seconds.
struct ProgressLine: Sendable {
    /// From one line to the next where lines cannot be replaced.
    static let plainInterval = Duration.seconds(5)
    static let redrawInterval = Duration.milliseconds(250)

    let console: Console

    var interval: Duration { console.canRedraw ? Self.redrawInterval : Self.plainInterval }

    /// Shows a line; the first one has none to replace.
    func show(_ progress: RehearsalProgress, isFirst: Bool) {
        // Up to the line before, and erase it, by ECMA-48.
        let replacing = console.canRedraw && !isFirst ? "\u{1B}[1A\u{1B}[2K" : ""
        console.write(replacing + progress.line())
    }
}
