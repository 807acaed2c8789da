import FlashSale

extension RehearsalReport {
    /// The title: what was rehearsed.
    var heading: String {
        let arrival = plan.arrival == .burst ? "at once" : "\(plan.arrival.rawValue) over \(plan.over.words)"
        return "\(plan.users) \(plan.users == 1 ? "person" : "people") \(arrival) for \(plan.stock.counting("unit"))"
    }

    /// How to do the same again.
    var conditions: String {
        var parts = [
            "product \(product)", "checkout \(plan.product.checkout.rawValue)", "\(plan.pay.percent) pay",
            "\(plan.abandon.percent) give up", "seed \(plan.seed)", plan.connections.counting("connection"),
        ]
        if plan.disturbance != .none {
            parts.append("disturbed by \(plan.disturbance.rawValue) for \(plan.disturbedFor.words)")
        }
        return parts.joined(separator: ", ")
    }

    /// Tables and the verdict, for a terminal.
    func text(inColor: Bool = Console.standardOutput.usesColor) -> String {
        let style: TextStyle = verdict == .pass ? .green : verdict == .fail ? .red : .yellow
        return [
            "\(heading)\n\(conditions)",
            checkTable.rendered(inColor: inColor),
            waitTable.rendered(inColor: inColor),
            latencyTable.rendered(inColor: inColor),
            Table([.init("outcome"), .init("people", .right)], rows: endings.map { [$0.word, "\($0.people)"] })
                .rendered(inColor: inColor),
            failures.isEmpty ? nil : failureTable.rendered(inColor: inColor),
            "\(style.applied(to: verdict.rawValue, if: inColor)) after \(elapsed.seconds), \(requests) requests",
        ].compactMap(\.self).joined(separator: "\n\n")
    }

    private var checkTable: Table {
        Table(
            [.init("check"), .init("verdict"), .init("what was seen")],
            rows: checks.map { [$0.name, $0.verdict.title, $0.detail] }
        )
    }

    private var waitTable: Table {
        Table(
            [
                .init("from ticket to decision"), .init("people", .right), .init("p50", .right), .init("p90", .right),
                .init("p99", .right), .init("max", .right),
            ],
            rows: [("everybody", waits), ("who got a unit", winnersWaits)].map { name, waits in
                [name, "\(waits.count)"] + [waits.at(0.5), waits.at(0.9), waits.at(0.99), waits.most].map(Self.seconds)
            }
        )
    }

    private var latencyTable: Table {
        Table(
            [
                .init("request"), .init("answers", .right), .init("p50", .right), .init("p99", .right),
                .init("p99.9", .right), .init("max", .right), .init("no success", .right),
            ],
            rows: latencies.map { latency in
                [latency.route.title, "\(latency.took.count)"]
                    + [latency.took.at(0.5), latency.took.at(0.99), latency.took.at(0.999), latency.took.most]
                    .map(Self.milliseconds) + ["\(latency.failures)"]
            }
        )
    }

    private var failureTable: Table {
        Table(
            [.init("no success"), .init("status", .right), .init("code"), .init("times", .right)],
            rows: failures.prefix(20).map { entry in
                [
                    entry.failure.route.title, entry.failure.status == 0 ? "-" : "\(entry.failure.status)",
                    entry.failure.word, "\(entry.times)",
                ]
            }
        )
    }

    static func seconds(_ microseconds: Int64?) -> String {
        microseconds.map { Duration.seconds(microseconds: $0) } ?? "-"
    }

    static func milliseconds(_ microseconds: Int64?) -> String {
        microseconds.map { Duration.milliseconds(microseconds: $0) } ?? "-"
    }
}

extension RehearsalCheck.Verdict {
    /// As people read it.
    var title: String {
        switch self {
        case .pass: "pass"
        case .fail: "FAIL"
        case .notJudged: "not judged"
        }
    }
}
