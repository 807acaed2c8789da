import FlashSale
import MariaDB
import Resilience

/// The invariants that MariaDB alone can judge, within one snapshot of it.
struct BooksAudit {
    let connection: MariaDBConnection
    /// The database's time when the snapshot was taken.
    let now: Timestamp
    var findings: AuditFindings

    /// Runs the body within one consistent snapshot: what workers commit meanwhile is not seen.
    static func inSnapshot<Result: Sendable>(
        of database: GuardedMariaDBClient,
        rowLimit: Int,
        _ body: @Sendable @escaping (inout BooksAudit) throws -> Result
    ) async throws -> Result {
        try await database.onConnection { connection in
            try connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            try connection.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            do {
                var audit = try BooksAudit(connection, rowLimit: rowLimit)
                let result = try body(&audit)
                try connection.execute("COMMIT")
                return result
            } catch {
                _ = try? connection.execute("ROLLBACK")
                throw error
            }
        }
    }

    private init(_ connection: MariaDBConnection, rowLimit: Int) throws {
        self.connection = connection
        guard let row = try connection.query("SELECT NOW(6) AS now").first else {
            throw StoreUnavailable(reason: "MariaDB did not tell the time")
        }
        now = Timestamp(try row.dateTime("now"))
        findings = AuditFindings(rowLimit: rowLimit)
    }

    /// Every invariant of one product, except those that need Redis.
    mutating func check(_ product: ProductID) throws {
        try measure(.stock) { try $0.checkStock(product) }
        try measure(.orders) { try $0.checkOrders(product) }
        try measure(.releases) { try $0.checkReleases(product) }
        try measure(.payments) { try $0.checkPayments(product) }
        try measure(.times) { try $0.checkTimes(product) }
        try measure(.deadLetters) { try $0.checkDeadLetters(product) }
        try measure(.draw) { try $0.checkDraw(product) }
    }

    /// Takes the time of a check.
    mutating func measure<Result>(
        _ invariant: Invariant,
        _ body: (inout BooksAudit) throws -> Result
    ) rethrows -> Result {
        let start = ContinuousClock.now
        defer { findings.spend(start.duration(to: .now), on: invariant) }
        return try body(&self)
    }

    /// Takes every row of a query for a violation; the columns are the fields.
    mutating func expectNone(
        _ invariant: Invariant,
        _ problem: String,
        _ product: ProductID,
        _ sql: String,
        _ parameters: [MariaDBValue]
    ) throws {
        var found = findings
        try connection.query(sql, parameters) { row in
            let fields = zip(row.columnNames, row.values).map { AuditRow.Field($0, $1.auditText) }
            found.add(AuditRow(problem, [.init("product", "\(product)")] + fields), to: invariant)
        }
        findings = found
    }

    /// One whole number.
    func number(_ sql: String, _ parameters: [MariaDBValue]) throws -> Int {
        try connection.query(sql, parameters).first?.optionalInt(0) ?? 0
    }
}

extension MariaDBValue {
    /// As people read it.
    fileprivate var auditText: String {
        switch self {
        case .null: "-"
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .double(let value): String(value)
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes.prefix(100), as: UTF8.self)
        case .dateTime(let time): Timestamp(time).description
        }
    }
}
