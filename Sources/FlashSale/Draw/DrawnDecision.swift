/// One line of a draw's decisions: which of the drawn tickets was decided, for whom, and how.
///
/// The text is a line for each decision, `TICKET USER_HASH OUTCOME`, in the order in which they were made, and the line
/// `end COUNT` behind the last.
public struct DrawnDecision: Hashable, Sendable {
    /// The ticket.
    public var ticket: Ticket
    /// The user, hashed with the draw's salt.
    public var user: DrawDigest
    /// What became of it.
    public var outcome: Outcome

    /// What became of a drawn ticket.
    public enum Outcome: Hashable, Sendable {
        /// It was decided, and this is how it stands.
        case decided(PurchaseStatus)
        /// It was lost with its line, as every ticket of that line.
        case lost
    }

    /// A decision about a drawn ticket.
    public init(ticket: Ticket, user: DrawDigest, outcome: Outcome) {
        self.ticket = ticket
        self.user = user
        self.outcome = outcome
    }

    /// Writes the decision's line and a line break.
    public func write(to text: inout [UInt8]) {
        text.append(contentsOf: "\(ticket) ".utf8)
        user.writeDigits(to: &text)
        text.append(contentsOf: " \(outcome)\n".utf8)
    }

    /// The line behind the last decision, without a line break.
    public static func endLine(count: Int) -> String { "end \(count)" }
}

extension DrawnDecision.Outcome: CaseIterable, CustomStringConvertible {
    /// Every outcome that a decided ticket can have.
    public static var allCases: [DrawnDecision.Outcome] {
        PurchaseStatus.allCases.filter { $0 != .queued && $0 != .entered }.map { .decided($0) } + [.lost]
    }

    /// The outcome in one word.
    public var description: String {
        switch self {
        case .decided(let status): status.rawValue
        case .lost: "lost"
        }
    }
}
