import FlashSale
import MariaDB

extension BooksAudit {
    /// Invariant 11: what anyone can check of a draw, with the users as they are.
    ///
    /// Memory: the roster's users, some 16 MB for a million.
    mutating func checkDraw(_ product: ProductID) throws {
        guard let draw = try StoredDraw.read(product, connection) else { return }
        findings.count(1, for: .draw)
        if draw.seed.commitment(for: product, beacon: draw.terms.beacon) != draw.commitment {
            report("the seed is not what was committed to", product)
        }
        guard let roster = draw.roster else { return }
        let users = try readRoster(of: draw, roster)
        guard draw.isDrawn, users.count == roster.entrants else { return }
        if draw.terms.beacon != nil, draw.beaconValue == nil { report("it was drawn without its beacon", product) }
        guard let key = draw.document.key else { return }
        try checkDecisions(of: draw, roster, users, key.order(count: users.count))
    }

    private mutating func readRoster(of draw: DrawRecord, _ roster: FixedRoster) throws -> [UserID] {
        let salt = draw.document.salt
        var users: [UserID] = []
        var tree = MerkleRoot()
        var (number, lastEntry): (Int, Int64) = (0, 0)
        while let page = try StoredDraw.pages(of: draw.product, from: number, limit: 1, connection).first {
            for entry in try RosterPage.entries(of: page.text) {
                if entry.number <= lastEntry {
                    report(
                        "the roster's entries are not in the order of entering",
                        draw.product,
                        ("entry", "\(entry.number)")
                    )
                }
                lastEntry = entry.number
                users.append(entry.user)
                tree.add(entry.hashed(with: salt).leaf)
            }
            number = page.number + 1
        }
        findings.count(users.count, for: .draw)
        if users.count != roster.entrants {
            let counts = ("entries", "\(users.count)")
            report("the roster has not as many entries as were published", draw.product, counts)
        } else if tree.root != roster.root {
            report("the roster's root is not the published one", draw.product, ("root", "\(tree.root)"))
        }
        if lastEntry > roster.lastTicket {
            report("the roster has an entry from after the draw", draw.product, ("entry", "\(lastEntry)"))
        }
        if Set(users).count != users.count { report("a user is in the roster twice", draw.product) }
        return users
    }

    private mutating func checkDecisions(
        of draw: DrawRecord,
        _ roster: FixedRoster,
        _ users: [UserID],
        _ order: [UInt32]
    ) throws {
        var last: Int64 = 0
        while true {
            let decisions = try StoredDraw.decisions(
                on: roster,
                of: draw.product,
                after: last,
                limit: Self.decisionsPerRead,
                connection
            )
            guard let ticket = decisions.last?.ticket.rawValue else { return }
            last = ticket
            findings.count(decisions.count, for: .draw)
            for decision in decisions {
                let rank = Int(decision.ticket.rawValue - roster.firstTicket.rawValue)
                let drawn = users[Int(order[rank])]
                guard drawn != decision.user else { continue }
                let fields = ("drawn", "\(drawn)")
                report("ticket \(decision.ticket) was decided for \(decision.user)", draw.product, fields)
            }
        }
    }

    private static let decisionsPerRead = 5_000

    private mutating func report(_ problem: String, _ product: ProductID, _ field: (String, String)? = nil) {
        var fields = [AuditRow.Field("product", "\(product)")]
        if let field { fields.append(AuditRow.Field(field.0, field.1)) }
        findings.add(AuditRow(problem, fields), to: .draw)
    }
}
