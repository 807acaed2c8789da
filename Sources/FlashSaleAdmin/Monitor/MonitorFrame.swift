import FlashSale
import FlashSaleStorage

/// What the monitor shows at one moment.
struct MonitorFrame: Sendable {
    /// One line.
    struct Line: Sendable {
        let report: QueueReport
        let lease: LeaseHolder?
        let pace: LinePace
    }

    let time: Timestamp
    /// By the order of their products.
    var lines: [Line] = []
    /// How many products there are beside these.
    var hidden = 0
    /// Why the lines cannot be seen.
    var problem: CommandFailure?
    var api: APISighting
    var apiAddress: APIAddress

    /// The document that `--json` prints for each frame.
    var json: JSONOutput {
        [
            "time": JSONOutput(time.description),
            "lines": .array(lines.map { $0.json(at: time) }),
            "problem": JSONOutput(problem?.description),
            "api": api.json,
        ]
    }

    /// For a terminal.
    func text(inColor: Bool = Console.standardOutput.usesColor) -> String {
        var parts = [TextStyle.dim.applied(to: "\(time)   Ctrl-C ends", if: inColor)]
        if let problem { parts.append(TextStyle.red.applied(to: "\(problem)", if: inColor)) }
        if !lines.isEmpty {
            parts += [table.rendered(inColor: inColor), outcomes.rendered(inColor: inColor)]
        } else if problem == nil {
            parts.append("There are no products.")
        }
        if hidden > 0 { parts.append("\(hidden.counting("product")) more: name those to watch.") }
        parts.append("API \(apiAddress): \(api.words(inColor: inColor))")
        return parts.joined(separator: "\n\n")
    }

    private var table: Table {
        Table(
            [
                .init("id", .right), .init("state"), .init("available", .right), .init("waiting", .right),
                .init("processing", .right), .init("rate/s", .right), .init("clears in", .right),
                .init("dead letters", .right), .init("lease", .right), .init("worker"),
            ],
            rows: lines.map { $0.cells(at: time) }
        )
    }

    private var outcomes: Table {
        Table(
            [.init("id", .right), .init("name"), .init("outcomes")],
            rows: lines.map { line in
                let counts = line.report.outcomes.map { "\($0.tickets) \($0.status.replacing("_", with: " "))" }
                return [
                    "\(line.report.product.id)", line.report.product.name,
                    counts.isEmpty ? "nobody has been served yet" : counts.joined(separator: ", "),
                ]
            }
        )
    }
}

extension MonitorFrame.Line {
    fileprivate func cells(at time: Timestamp) -> [String] {
        let product = report.product
        return [
            "\(product.id)", product.saleState(at: time).words, "\(product.availableStock)/\(product.totalStock)",
            "\(report.waiting)", "\(report.processing)", pace.rate.map { Self.decimal($0) } ?? "-", clearsIn,
            "\(report.deadLetters)", lease.map { Self.decimal($0.timeLeft / .seconds(1)) + " s" } ?? "-",
            lease?.worker ?? "nobody",
        ]
    }

    /// `8–12 s`; `over 8 s` for a line that stood still in between.
    private var clearsIn: String {
        guard let range = pace.secondsToClear(report.waiting) else { return "-" }
        let least = Int(range.least.rounded(.up))
        guard let most = range.most else { return "over \(least) s" }
        let highest = Int(most.rounded(.up))
        return highest > least ? "\(least)–\(highest) s" : "\(least) s"
    }

    /// With one digit after the point.
    private static func decimal(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    fileprivate func json(at time: Timestamp) -> JSONOutput {
        guard case .object(let fields) = report.json(at: time) else { return .null }
        let clears = pace.secondsToClear(report.waiting)
        return .object(
            fields + [
                .init(name: "decided_per_second", value: JSONOutput(pace.rate.map { Int($0.rounded()) })),
                .init(name: "clears_in_seconds_least", value: JSONOutput(clears.map { Int($0.least.rounded(.up)) })),
                .init(
                    name: "clears_in_seconds_most",
                    value: JSONOutput(clears?.most.map { Int($0.rounded(.up)) })
                ),
                .init(
                    name: "lease_milliseconds_left",
                    value: JSONOutput(lease.map { Int($0.timeLeft / .milliseconds(1)) })
                ),
            ]
        )
    }
}
