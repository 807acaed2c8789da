import FlashSale
import MariaDB

extension BooksAudit {
    /// Tickets whose decisions one statement groups: short enough for any time limit, and little memory.
    private static let chunk: Int64 = 100_000

    /// Invariant 4, and which tickets are decided.
    ///
    /// One look at each batch: batches that rise, with fences that do not fall, and whose tickets do not mix, are
    /// decisions in the order of tickets.
    mutating func decidedTickets(of product: ProductID) throws -> TicketSet {
        var ranges: [ClosedRange<Int64>] = []
        var earlier: Batch?
        var next: Int64 = 1
        while let first = try firstDecided(product, from: next) {
            let batches = try batches(of: product, tickets: first...(first + Self.chunk - 1))
            next = first + Self.chunk
            for batch in batches {
                findings.count(batch.decisions, for: .order)
                compare(batch, with: earlier, product)
                if batch.isDense {
                    ranges.append(batch.tickets)
                } else {
                    ranges += try tickets(of: batch, product)
                }
                earlier = batch
            }
            ranges = TicketSet(ranges).ranges
        }
        return TicketSet(ranges)
    }

    /// Tickets that were decided all at once, by outcome.
    func ranges(of product: ProductID) throws -> TicketSet {
        let rows = try connection.query(
            "SELECT from_ticket, to_ticket FROM ticket_ranges WHERE product_id = ? ORDER BY from_ticket",
            [.integer(product.rawValue)]
        )
        return TicketSet(
            try rows.compactMap { row in
                let from = Int64(try row.int("from_ticket"))
                let to = try row.optionalInt("to_ticket").map(Int64.init) ?? Ticket.maximum
                return from <= to ? from...to : nil
            }
        )
    }

    private struct Batch {
        let number: Int64
        let fence: Int64
        let tickets: ClosedRange<Int64>
        let decisions: Int

        var isDense: Bool { tickets.upperBound - tickets.lowerBound + 1 == Int64(decisions) }
    }

    private func firstDecided(_ product: ProductID, from ticket: Int64) throws -> Int64? {
        try connection.query(
            "SELECT MIN(ticket) AS ticket FROM decisions WHERE product_id = ? AND ticket >= ?",
            [.integer(product.rawValue), .integer(ticket)]
        ).first?.optionalInt("ticket").map(Int64.init)
    }

    private func batches(of product: ProductID, tickets: ClosedRange<Int64>) throws -> [Batch] {
        try connection.query(
            """
            SELECT batch, fence, MIN(ticket) AS first, MAX(ticket) AS last, COUNT(*) AS decisions FROM decisions
            WHERE product_id = ? AND ticket BETWEEN ? AND ? GROUP BY batch, fence ORDER BY first
            """,
            [.integer(product.rawValue), .integer(tickets.lowerBound), .integer(tickets.upperBound)]
        ).map { row in
            Batch(
                number: Int64(try row.int("batch")),
                fence: Int64(try row.int("fence")),
                tickets: Int64(try row.int("first"))...Int64(try row.int("last")),
                decisions: try row.int("decisions")
            )
        }
    }

    /// The tickets of a batch with gaps, as ranges.
    private func tickets(of batch: Batch, _ product: ProductID) throws -> [ClosedRange<Int64>] {
        try connection.query(
            "SELECT ticket FROM decisions WHERE product_id = ? AND ticket BETWEEN ? AND ? AND batch = ? AND fence = ?",
            [
                .integer(product.rawValue), .integer(batch.tickets.lowerBound), .integer(batch.tickets.upperBound),
                .integer(batch.number), .integer(batch.fence),
            ]
        ).map { row in
            let ticket = Int64(try row.int("ticket"))
            return ticket...ticket
        }
    }

    private mutating func compare(_ batch: Batch, with earlier: Batch?, _ product: ProductID) {
        guard let earlier else { return }
        let problem: String
        if batch.tickets.lowerBound <= earlier.tickets.upperBound {
            problem = "two batches decided tickets of each other"
        } else if batch.fence < earlier.fence {
            problem = "the fence falls from one ticket to the next"
        } else if batch.number < earlier.number {
            problem = "a later ticket was decided in an earlier batch"
        } else {
            return
        }
        findings.add(
            AuditRow(
                problem,
                [
                    .init("product", "\(product)"), .init("tickets", Self.text(batch.tickets)),
                    .init("batch", "\(batch.number)"), .init("fence", "\(batch.fence)"),
                    .init("earlier_tickets", Self.text(earlier.tickets)), .init("earlier_batch", "\(earlier.number)"),
                    .init("earlier_fence", "\(earlier.fence)"),
                ]
            ),
            to: .order
        )
    }

    private static func text(_ range: ClosedRange<Int64>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
}
