/// One thing that a rehearsal has to show, and whether it did.
struct RehearsalCheck: Sendable, Equatable {
    /// How it went.
    enum Verdict: String, Sendable {
        case pass
        case fail
        /// There was nothing to judge it by.
        case notJudged = "not_judged"
    }

    let name: String
    let verdict: Verdict
    /// What was looked at, or what was found, for a person.
    let detail: String

    /// A check that passes when nothing was found.
    ///
    /// - Parameters:
    ///   - violations: What was found; the first few are shown.
    ///   - looked: What was looked at, for one that passes.
    init(_ name: String, violations: [String], looked: String) {
        self.name = name
        verdict = violations.isEmpty ? .pass : .fail
        let shown = violations.prefix(3).joined(separator: "; ")
        let more = violations.count > 3 ? "; and \(violations.count - 3) more" : ""
        detail = violations.isEmpty ? looked : shown + more
    }

    init(_ name: String, _ verdict: Verdict, _ detail: String) {
        self.name = name
        self.verdict = verdict
        self.detail = detail
    }
}
