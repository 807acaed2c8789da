/// One answer as the history of a rehearsal keeps it.
struct RehearsalAnswer: Sendable, Equatable {
    let person: Int
    let route: RehearsalRoute
    /// After the rehearsal's start, in microseconds.
    let sent: Int64
    /// The same.
    let received: Int64
    let reply: RehearsalReply
    /// How much later than planned the request went out, in microseconds: this program's own fault.
    var late: Int64 = 0
    /// Whether we asked at the end, for somebody who looks no more: it says how it ended, and not when.
    var isLastLook = false
}

/// Everything that everybody was told, in the order in which it came in.
struct RehearsalHistory: Sendable {
    /// The most answers that are kept: about 200 bytes each.
    static let capacity = 3_000_000

    let people: Int
    private(set) var answers: [RehearsalAnswer] = []
    /// Answers that came in when the history was full.
    private(set) var dropped = 0

    init(people: Int, answers: [RehearsalAnswer] = []) {
        self.people = people
        self.answers = answers
    }

    mutating func append(_ answer: RehearsalAnswer) {
        if answers.count < Self.capacity { answers.append(answer) } else { dropped += 1 }
    }
}
