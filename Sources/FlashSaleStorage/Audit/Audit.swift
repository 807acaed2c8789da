public import FlashSale
import MariaDB
import Redis
public import Resilience

/// Checks every invariant of a sale over both stores; a live sale may be checked too.
///
/// MariaDB is read in one consistent snapshot for each product, so that a batch that is committed meanwhile is seen
/// whole or not at all. What is on its way between the stores is looked at twice before it counts. Memory is bounded:
/// the database does the counting, Redis is read in pages, and of all violations only the first rows are kept.
public struct Audit: Sendable {
    /// The rows that are kept of each invariant, unless told otherwise.
    public static let defaultRowLimit = 20

    /// How long to wait before the second look: a worker's sweep, and a batch on its way, take less.
    private static let secondLook = Duration.seconds(1)

    let redis: GuardedRedisClient
    let database: GuardedMariaDBClient
    let rowLimit: Int

    /// An audit of both stores.
    ///
    /// - Parameter rowLimit: How many violations of each invariant are shown; all are counted.
    public init(redis: GuardedRedisClient, database: GuardedMariaDBClient, rowLimit: Int = defaultRowLimit) {
        self.redis = redis
        self.database = database
        self.rowLimit = rowLimit
    }

    /// Checks one product, or all of them.
    ///
    /// - Throws: ``UnknownProduct``, ``StoreUnavailable``, ``OutcomeUnknown``: then nothing is known.
    public func run(of product: ProductID? = nil) async throws -> AuditReport {
        let start = ContinuousClock.now
        let products = try await products(product)
        var findings = AuditFindings(rowLimit: rowLimit)
        do {
            for product in products { findings.merge(try await check(product)) }
            findings.merge(try await KeyAudit(redis: redis, rowLimit: rowLimit).run(of: product))
        } catch {
            throw StoreUnavailable.telling(error, "Redis did not show its data")
        }
        return AuditReport(
            invariants: findings.all,
            products: products.count,
            duration: start.duration(to: .now)
        )
    }

    func products(_ id: ProductID?) async throws -> [Product] {
        let administration = SaleAdministration(redis: redis, database: database)
        guard let id else { return try await administration.products() }
        guard let product = try await administration.product(id) else { throw UnknownProduct(id: id) }
        return [product]
    }

    /// Both stores of one product, side by side: they are different machines.
    private func check(_ product: Product) async throws -> AuditFindings {
        async let books = checkBooks(of: product)
        async let copies = CopyAudit(redis: redis, database: database, rowLimit: rowLimit).run(of: product.id)
        var findings = try await books
        findings.merge(try await copies)
        return findings
    }

    private func checkBooks(of product: Product) async throws -> AuditFindings {
        let start = ContinuousClock.now
        let line = try await LineReader(redis: redis).read(product.id)
        let reading = start.duration(to: .now)
        let first = try await look(at: product.id, line, inFull: true)
        var findings = first.findings
        findings.spend(reading, on: .tickets)
        guard line.isLine(of: product) else {
            findings.skip(product.id, .tickets, because: Self.missingLine)
            return try await judgeOverdue(first, product.id, findings)
        }
        findings.count(Int(line.lastTicket), for: .tickets)
        guard first.coverage.isClean else {
            try await Task.sleep(for: Self.secondLook)
            let line = try await LineReader(redis: redis).read(product.id)
            let second = try await look(at: product.id, line, inFull: false)
            for row in first.coverage.and(second.coverage).rows(of: product.id) { findings.add(row, to: .tickets) }
            for row in first.overdue where second.overdue.contains(row) { findings.add(row, to: .times) }
            return findings
        }
        return try await judgeOverdue(first, product.id, findings)
    }

    /// Why a line that Redis does not have can't be judged.
    static let missingLine = "Redis does not have this line: a worker opens it"

    /// What one look at a product has shown.
    private struct Look: Sendable {
        var findings: AuditFindings
        var coverage: TicketCoverage
        var overdue: [AuditRow]
    }

    /// - Parameter inFull: Whether to check every invariant, or only those that a first look left open.
    private func look(at product: ProductID, _ line: LineSnapshot, inFull: Bool) async throws -> Look {
        try await BooksAudit.inSnapshot(of: database, rowLimit: rowLimit) { audit in
            let decided = try audit.measure(.order) { try $0.decidedTickets(of: product) }
            let ranges = try audit.measure(.tickets) { try $0.ranges(of: product) }
            if inFull { try audit.check(product) }
            return Look(
                findings: audit.findings,
                coverage: TicketCoverage(
                    line: line,
                    decided: decided,
                    ranges: ranges,
                    draw: try StoredDraw.read(product, audit.connection)
                ),
                overdue: try audit.measure(.times) { try $0.overdue(product) }
            )
        }
    }

    private func judgeOverdue(
        _ first: Look,
        _ product: ProductID,
        _ findings: AuditFindings
    ) async throws -> AuditFindings {
        guard !first.overdue.isEmpty else { return findings }
        var findings = findings
        try await Task.sleep(for: Self.secondLook)
        let second = try await BooksAudit.inSnapshot(of: database, rowLimit: rowLimit) { try $0.overdue(product) }
        for row in first.overdue where second.contains(row) { findings.add(row, to: .times) }
        return findings
    }
}

extension SaleAdministration {
    /// An audit of the stores that are administered.
    public var audit: Audit { Audit(redis: redis, database: database) }
}
