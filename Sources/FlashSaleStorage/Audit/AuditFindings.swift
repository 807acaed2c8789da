import FlashSale

/// What an audit has found so far: every violation is counted, the first rows of each invariant are kept.
struct AuditFindings: Sendable {
    private let rowLimit: Int
    private var reports: [Invariant: InvariantReport]

    init(rowLimit: Int) {
        self.rowLimit = rowLimit
        reports = Dictionary(uniqueKeysWithValues: Invariant.allCases.map { ($0, InvariantReport($0)) })
    }

    /// In the order of the invariants' numbers.
    var all: [InvariantReport] { reports.values.sorted { $0.invariant < $1.invariant } }

    mutating func add(_ row: AuditRow, to invariant: Invariant) {
        reports[invariant]?.violations += 1
        if let rows = reports[invariant]?.rows.count, rows < rowLimit { reports[invariant]?.rows.append(row) }
    }

    /// Counts violations whose rows are not at hand.
    mutating func add(_ count: Int, to invariant: Invariant) { reports[invariant]?.violations += count }

    mutating func count(_ checked: Int, for invariant: Invariant) { reports[invariant]?.checked += checked }

    mutating func skip(_ product: ProductID, _ invariant: Invariant, because reason: String) {
        reports[invariant]?.notJudged.append(NotJudged(product: product, reason: reason))
    }

    mutating func spend(_ duration: Duration, on invariant: Invariant) { reports[invariant]?.duration += duration }

    /// Takes in what another part of the audit has found.
    mutating func merge(_ other: AuditFindings) {
        for report in other.all {
            reports[report.invariant]?.checked += report.checked
            reports[report.invariant]?.violations += report.violations
            reports[report.invariant]?.duration += report.duration
            reports[report.invariant]?.notJudged += report.notJudged
            let space = rowLimit - (reports[report.invariant]?.rows.count ?? 0)
            reports[report.invariant]?.rows += report.rows.prefix(max(0, space))
        }
    }
}
