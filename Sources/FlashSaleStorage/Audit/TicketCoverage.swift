import FlashSale

/// Invariant 2 for one product: what became of every ticket, by both stores.
struct TicketCoverage: Sendable {
    /// Tickets with no fate at all.
    var missing: TicketSet
    /// Tickets that were decided and still wait.
    var decidedAndQueued: TicketSet
    /// Tickets that were decided one by one, and with a range too.
    var decidedTwice: TicketSet
    /// How many entries name a ticket that another entry names.
    var repeated: Int64

    /// Puts the two together.
    ///
    /// - Parameters:
    /// - line: Read before `decided`: a ticket that moves from Redis to MariaDB meanwhile is seen in both, not in none.
    ///   - decided: Tickets with a decision of their own.
    ///   - ranges: Tickets that were decided all at once.
    ///   - draw: The product's draw; nil where nothing is drawn.
    init(line: LineSnapshot, decided: TicketSet, ranges: TicketSet, draw: DrawRecord? = nil) {
        let pending = draw.map { TicketSet(Self.pending(line, $0)) } ?? TicketSet()
        missing = decided.union(ranges).union(line.inLine).union(pending).missing(upTo: line.lastTicket)
        decidedAndQueued = decided.intersection(line.queued)
        decidedTwice = decided.intersection(ranges)
        repeated = line.repeated ?? 0
    }

    /// Numbers of entries before the draw, and tickets of the drawn who have no place yet.
    private static func pending(_ line: LineSnapshot, _ draw: DrawRecord) -> [ClosedRange<Int64>] {
        let (first, last): (Int64, Int64)
        if let roster = draw.roster {
            guard roster.lineNonce == line.nonce else { return [] }
            (first, last) = (roster.firstTicket.rawValue + line.placedRank, roster.lastTicket)
        } else {
            (first, last) = (line.firstTicket + 1, line.lastEntry ?? 0)
        }
        return first <= last ? [first...last] : []
    }

    /// What is wrong on a second look too: whatever was on its way at the first has arrived.
    func and(_ second: TicketCoverage) -> TicketCoverage {
        var both = self
        both.missing = missing.intersection(second.missing)
        both.decidedAndQueued = decidedAndQueued.intersection(second.decidedAndQueued)
        both.decidedTwice = decidedTwice.intersection(second.decidedTwice)
        both.repeated = min(repeated, second.repeated)
        return both
    }

    /// Whether every ticket has exactly one fate.
    var isClean: Bool { missing.isEmpty && decidedAndQueued.isEmpty && decidedTwice.isEmpty && repeated == 0 }

    /// A row for each range of tickets.
    func rows(of product: ProductID) -> [AuditRow] {
        let kinds: [(String, TicketSet)] = [
            ("tickets were handed out and are nowhere", missing),
            ("decided tickets are still in the queue", decidedAndQueued),
            ("tickets have a decision and lie in a range", decidedTwice),
        ]
        var rows = kinds.flatMap { problem, tickets in
            tickets.ranges.map { range in
                AuditRow(
                    problem,
                    [
                        .init("product", "\(product)"), .init("from_ticket", "\(range.lowerBound)"),
                        .init("to_ticket", "\(range.upperBound)"),
                    ]
                )
            }
        }
        if repeated > 0 {
            let fields = [AuditRow.Field("product", "\(product)"), .init("entries", "\(repeated)")]
            rows.append(AuditRow("entries of the line repeat a ticket", fields))
        }
        return rows
    }
}
