import FlashSale
import FlashSaleStorage

/// What one run of `flashsale audit` has to say.
struct AuditResult: Sendable {
    /// What was mended before the audit; nil when it was not asked for.
    let repairs: [AuditRepair]?
    let report: AuditReport

    /// The document that `--json` prints.
    var json: JSONOutput {
        var fields: [JSONOutput.Field] = [
            .init(name: "clean", value: .bool(report.isClean)),
            .init(name: "products", value: JSONOutput(report.products)),
            .init(name: "violations", value: JSONOutput(report.violations)),
            .init(name: "milliseconds", value: JSONOutput(report.duration.milliseconds)),
            .init(name: "invariants", value: .array(report.invariants.map(\.json))),
        ]
        if let repairs {
            let documents = repairs.map { repair -> JSONOutput in
                ["action": .string(repair.action), "count": JSONOutput(repair.count)]
            }
            fields.append(.init(name: "repairs", value: .array(documents)))
        }
        return .object(fields)
    }

    /// What was mended, a line for each invariant, then what is wrong and what could not be judged.
    var text: String {
        var parts: [String] = []
        if let repairs {
            parts.append(
                repairs.isEmpty
                    ? "Nothing had to be repaired."
                    : repairs.map { "Repaired: \($0.action): \($0.count)" }.joined(separator: "\n")
            )
        }
        parts.append(table.rendered())
        parts += report.invariants.filter { $0.violations > 0 }.map(\.violationText)
        let open = Set(report.invariants.flatMap(\.notJudged)).sorted {
            ($0.product, $0.reason) < ($1.product, $1.reason)
        }
        if !open.isEmpty { parts.append(open.map(notJudgedText).joined(separator: "\n")) }
        parts.append(
            report.isClean
                ? "\(scope): every invariant holds\(open.isEmpty ? "" : " as far as it was judged")." : scope + "."
        )
        return parts.joined(separator: "\n\n")
    }

    /// The last word on an audit that found something.
    var verdict: String {
        let numbers = report.invariants.filter { $0.violations > 0 }.map { "\($0.invariant.rawValue)" }
        let invariants = "\(numbers.count == 1 ? "invariant" : "invariants") \(numbers.joined(separator: ", "))"
        return "\(report.violations.counting("violation")) of \(invariants)"
    }

    private var scope: String {
        "\(report.products.counting("product")) audited in \(report.duration.milliseconds) ms"
    }

    private var table: Table {
        Table(
            [
                .init("no", .right), .init("invariant"), .init("checked", .right), .init("violations", .right),
                .init("ms", .right),
            ],
            rows: report.invariants.map { invariant in
                [
                    "\(invariant.invariant.rawValue)", invariant.invariant.title, "\(invariant.checked)",
                    "\(invariant.violations)", "\(invariant.duration.milliseconds)",
                ]
            }
        )
    }

    private func notJudgedText(_ open: NotJudged) -> String {
        let numbers = report.invariants.filter { $0.notJudged.contains(open) }.map { "\($0.invariant.rawValue)" }
        return "Not judged for product \(open.product): \(numbers.joined(separator: ", ")), because \(open.reason)."
    }
}

extension InvariantReport {
    fileprivate var json: JSONOutput {
        [
            "number": JSONOutput(invariant.rawValue),
            "title": .string(invariant.title),
            "checked": JSONOutput(checked),
            "violations": JSONOutput(violations),
            "milliseconds": JSONOutput(duration.milliseconds),
            "rows": .array(
                rows.map { row in
                    [
                        "problem": .string(row.problem),
                        "row": .object(row.fields.map { .init(name: $0.name, value: .string($0.value)) }),
                    ]
                }
            ),
            "not_judged": .array(
                notJudged.map { ["product_id": JSONOutput($0.product.rawValue), "reason": .string($0.reason)] }
            ),
        ]
    }

    /// A line for each row that was kept.
    fileprivate var violationText: String {
        let lines = rows.map { row in
            let fields = row.fields.map { "\($0.name) \(Console.printable($0.value))" }.joined(separator: ", ")
            return "  \(row.problem): \(fields)"
        }
        let more = violations > rows.count ? ["  … and \(violations - rows.count) more"] : []
        return (["\(invariant.rawValue). \(invariant.title)"] + lines + more).joined(separator: "\n")
    }
}

extension Console {
    /// Text that neither ends the line nor steers the terminal, whatever a database holds.
    fileprivate static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }
            )
        )
    }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
