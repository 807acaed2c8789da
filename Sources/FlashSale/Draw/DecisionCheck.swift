/// Compares decisions, in the order in which they were made, with the drawn order.
struct DecisionCheck: DrawLineCheck {
    static let name = "decisions"

    private static let outcomes: [[UInt8]] = DrawnDecision.Outcome.allCases.map { Array("\($0)".utf8) }

    private let users: [DrawDigest]
    /// At each rank the place in the roster.
    private let order: [UInt32]
    private let firstTicket: Int64
    private var lastTicket: Int64 = 0
    private var isDecided: [Bool]
    private var mistakes: [Mistake] = []
    // The first of each.
    private var misplaced: String?
    private var overtaking: String?

    /// A ticket that was decided for somebody else than was drawn for it.
    private struct Mistake {
        let rank: Int
        let user: DrawDigest
        /// The rank that the user was drawn for; nil for somebody who is not in the roster.
        var drawnRank: Int?
    }

    init(users: [DrawDigest], order: [UInt32], firstTicket: Int64) {
        self.users = users
        self.order = order
        self.firstTicket = firstTicket
        isDecided = Array(repeating: false, count: users.count)
    }

    mutating func read(_ fields: DrawLineFields) -> Bool {
        var fields = fields
        guard let ticket = fields.takeNumber(), let user = fields.takeDigest(), fields.takeRest(oneOf: Self.outcomes)
        else { return false }
        let rank = Int(ticket - firstTicket)
        guard isDecided.indices.contains(rank) else {
            misplaced = misplaced ?? "Ticket \(ticket) is not one of the \(users.count) that were drawn"
            return true
        }
        if isDecided[rank] {
            misplaced = misplaced ?? "Ticket \(ticket) was decided twice"
            return true
        }
        if ticket < lastTicket, overtaking == nil {
            overtaking = "Ticket \(ticket) was decided after ticket \(lastTicket): they have changed places"
        }
        lastTicket = ticket
        isDecided[rank] = true
        if users[Int(order[rank])] != user { mistakes.append(Mistake(rank: rank, user: user)) }
        return true
    }

    mutating func readEnd(_ fields: DrawLineFields) -> Bool { fields.isAtEnd }

    /// What is wrong with all decisions.
    ///
    /// - Parameters:
    ///   - count: How many there are.
    ///   - statedCount: How many there are by the last line.
    func findings(count: Int, statedCount: Int?) -> [DrawFinding] {
        var findings = misplaced.map { [DrawFinding(.order, $0)] } ?? []
        if let overtaking { findings.append(DrawFinding(.swapped, overtaking)) }
        findings += mistakes.isEmpty ? passedOver(isDecided) : explained(located)
        if findings.isEmpty, count != statedCount {
            findings.append(
                DrawFinding(.order, "The last line of the decisions does not say how many there are: \(count)")
            )
        }
        return findings
    }

    /// Which of the drawn have no decision, though some of a higher rank have.
    private func passedOver(_ isServed: [Bool]) -> [DrawFinding] {
        guard let last = isServed.lastIndex(of: true) else { return [] }
        let missing = (0..<last).filter { !isServed[$0] }
        guard let rank = missing.first else { return [] }
        let more = missing.count == 1 ? "" : ", and so were \(missing.count - 1) more"
        return [
            DrawFinding(.passedOver, "The \(name(ofRank: rank)) was passed over for those who were drawn later\(more)")
        ]
    }

    /// The mistakes, given with the ranks that their users were drawn for.
    private func explained(_ mistakes: [Mistake]) -> [DrawFinding] {
        var isServed = isDecided
        for mistake in mistakes { isServed[mistake.rank] = false }
        for case let rank? in mistakes.map(\.drawnRank) { isServed[rank] = true }
        let passedOver = passedOver(isServed)
        // Where somebody was left out, those behind have moved up in their order, and nothing else is wrong.
        let ranks = mistakes.map { $0.drawnRank ?? -1 }
        let haveMovedUp =
            zip(ranks, ranks.dropFirst()).allSatisfy(<) && mistakes.allSatisfy { $0.drawnRank ?? -1 > $0.rank }
        guard passedOver.isEmpty || !haveMovedUp else { return passedOver }

        let drawnRanks = Dictionary(mistakes.map { ($0.rank, $0.drawnRank) }) { first, _ in first }
        let isSwap = { (mistake: Mistake) in
            mistake.drawnRank.flatMap { drawnRanks[$0] } == .some(mistake.rank)
        }
        var findings = passedOver
        if let swap = mistakes.first(where: isSwap), let other = swap.drawnRank {
            findings.append(
                DrawFinding(
                    .swapped,
                    "The \(name(ofRank: swap.rank)) and the \(name(ofRank: other)) have changed places"
                )
            )
        }
        if let wrong = mistakes.first(where: { !isSwap($0) }) {
            let ticket = firstTicket + Int64(wrong.rank)
            let drawn = "the \(name(ofRank: wrong.rank)) was drawn for it"
            findings.append(DrawFinding(.order, "Ticket \(ticket) was decided for user \(wrong.user), but \(drawn)"))
        }
        return findings
    }

    /// The mistakes with the ranks that their users were drawn for.
    private var located: [Mistake] {
        let ranks = Dictionary(order.enumerated().map { (users[Int($1)], $0) }) { first, _ in first }
        return mistakes.map { Mistake(rank: $0.rank, user: $0.user, drawnRank: ranks[$0.user]) }
    }

    private func name(ofRank rank: Int) -> String { "entrant of rank \(rank) (user \(users[Int(order[rank])]))" }
}
