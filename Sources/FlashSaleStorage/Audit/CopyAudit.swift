import FlashSale
import MariaDB
import Redis
import Resilience

/// Invariants 6 and 9 for one product: what Redis shows of it, once its line is quiet.
struct CopyAudit: Sendable {
    /// How often a line that moves while it is compared is looked at again.
    private static let attempts = 3
    /// How long to wait before the next look.
    private static let pause = Duration.seconds(1)

    let redis: GuardedRedisClient
    let database: GuardedMariaDBClient
    let rowLimit: Int

    /// What MariaDB has for Redis to show.
    struct Truth: Sendable {
        var product: Product
        /// Orders whose latest state Redis may not show.
        var unshown: Int
        /// The last ticket that has a decision.
        var lastDecided: Int64
        /// Whether a worker has the lease.
        var isServed: Bool
    }

    /// Compares until nothing moved meanwhile; what differs at the last look alone counts.
    func run(of product: ProductID) async throws -> AuditFindings {
        var findings = AuditFindings(rowLimit: rowLimit)
        for attempt in 1...Self.attempts {
            findings = AuditFindings(rowLimit: rowLimit)
            let isSettled = try await compare(product, &findings)
            let isClean = findings.all.allSatisfy { $0.violations == 0 }
            // A change of the product is told to the line a moment after its commit: what differs is looked at twice.
            if isSettled, isClean || attempt > 1 { return findings }
            if attempt < Self.attempts { try await Task.sleep(for: Self.pause) }
        }
        return findings
    }

    /// - Returns: Whether another look can't say more: the line stood still, or it is at work and won't be judged.
    private func compare(_ product: ProductID, _ findings: inout AuditFindings) async throws -> Bool {
        let reader = LineReader(redis: redis)
        let line = try await reader.readState(of: product)
        let truth = try await truth(of: product)
        if let reason = Self.whyNotQuiet(line, truth) {
            for invariant in [Invariant.copies, .leftovers] { findings.skip(product, invariant, because: reason) }
            if line.isLine(of: truth.product) { try await compareLastTicket(truth, &findings) }
            return true
        }
        var ofThisLook = findings
        try await compareLastTicket(truth, &ofThisLook)
        for row in Self.rows(line, truth) { ofThisLook.add(row, to: .copies) }
        if line.marks > 0 {
            let fields = [AuditRow.Field("product", "\(product)"), .init("marks", "\(line.marks)")]
            ofThisLook.add(AuditRow("people are marked as left, and nobody is in line", fields), to: .leftovers)
        }
        let start = ContinuousClock.now
        let outcomes = OutcomeAudit(redis: redis, database: database, product: product, changes: line.changes)
        let isWhole = try await outcomes.compare(&ofThisLook)
        ofThisLook.spend(start.duration(to: .now), on: .copies)
        let stoodStill = try await reader.readState(of: product).changes == line.changes
        guard isWhole, stoodStill, Self.whyNotQuiet(line, try await self.truth(of: product)) == nil else {
            for invariant in [Invariant.copies, .leftovers] { findings.skip(product, invariant, because: Self.atWork) }
            return false
        }
        findings = ofThisLook
        return true
    }

    private static let atWork = "the line is at work"

    /// Nil when the line is quiet: nobody in line or in processing, and every change of an order shown.
    static func whyNotQuiet(_ line: LineSnapshot, _ truth: Truth) -> String? {
        if !line.isLine(of: truth.product) { return Audit.missingLine }
        if line.entries > 0 { return "\(line.entries) entries are in line" }
        if truth.unshown > 0 { return "\(truth.unshown) orders have changes that the line does not show yet" }
        return nil
    }

    /// Reads the line's last ticket after MariaDB's: the other way round, a live sale would look wrong.
    private func compareLastTicket(_ truth: Truth, _ findings: inout AuditFindings) async throws {
        let line = try await LineReader(redis: redis).readState(of: truth.product.id)
        guard line.isLine(of: truth.product), line.lastTicket < truth.lastDecided else { return }
        findings.add(
            AuditRow(
                "the line has handed out fewer tickets than were decided",
                [
                    .init("product", "\(truth.product.id)"), .init("last_ticket", "\(line.lastTicket)"),
                    .init("last_decided", "\(truth.lastDecided)"),
                ]
            ),
            to: .leftovers
        )
    }

    /// What of the product itself Redis shows differently.
    ///
    /// - Parameter soldOut: Whether to look at the end of the sale too.
    static func rows(_ line: LineSnapshot, _ truth: Truth, soldOut: Bool = true) -> [AuditRow] {
        let product = truth.product
        let cached = line.document.map { document in (try? ProductDocument.decode(document))?.first }
        var copies: [(name: String, shown: String, right: String)] = [
            ("stock", line.stock ?? "-", "\(product.availableStock)"),
            ("stock of the line", line.shownStock ?? "-", "\(product.availableStock)"),
        ]
        if soldOut { copies.append(("sold_out_after", text(line.soldOutAfter), text(product.soldOutAfter))) }
        if let cached {
            copies.append(("cached stock", text(cached.map { Int64($0.availableStock) }), "\(product.availableStock)"))
        }
        return copies.filter { $0.shown != $0.right }.map { copy in
            AuditRow(
                "Redis shows another \(copy.name)",
                [.init("product", "\(product.id)"), .init("redis", copy.shown), .init("mariadb", copy.right)]
            )
        }
    }

    private static func text(_ number: Int64?) -> String { number.map(String.init) ?? "-" }

    /// Reads MariaDB's side.
    func truth(of id: ProductID) async throws -> Truth {
        try await database.onConnection { connection in
            guard let product = try Product.read(id, connection) else { throw UnknownProduct(id: id) }
            let number = MariaDBValue.integer(id.rawValue)
            let row = try connection.query(
                """
                SELECT (SELECT COUNT(*) FROM orders WHERE unshown = TRUE AND product_id = ?) AS unshown,
                    (SELECT CAST(COALESCE(MAX(ticket), 0) AS SIGNED) FROM decisions WHERE product_id = ?) AS decided,
                    EXISTS (SELECT 1 FROM leases
                            WHERE product_id = ? AND holder IS NOT NULL AND until > NOW(6)) AS is_served
                """,
                [number, number, number]
            ).first
            return Truth(
                product: product,
                unshown: try row?.int("unshown") ?? 0,
                lastDecided: Int64(try row?.int("decided") ?? 0),
                isServed: try row?.bool("is_served") ?? false
            )
        }
    }
}
