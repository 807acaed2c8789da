import FlashSale

extension RehearsalReport {
    /// The document that `--json` prints and `report.json` holds; times are in milliseconds or microseconds, as named.
    var json: JSONOutput {
        [
            "verdict": .string(verdict.rawValue),
            "product_id": JSONOutput(product.rawValue),
            "started_at": .string(startedAt.description),
            "elapsed_ms": JSONOutput(elapsed.microseconds / 1_000),
            "requests": JSONOutput(requests),
            "plan": planDocument,
            "checks": .array(
                checks.map { check in
                    [
                        "name": .string(check.name), "verdict": .string(check.verdict.rawValue),
                        "detail": .string(check.detail),
                    ]
                }
            ),
            "outcomes": .object(endings.map { .init(name: $0.word, value: JSONOutput($0.people)) }),
            "wait_ms": Self.milliseconds(waits),
            "winners_wait_ms": Self.milliseconds(winnersWaits),
            "latencies_us": .array(
                latencies.map { latency in
                    [
                        "route": .string(latency.route.rawValue), "answers": JSONOutput(latency.took.count),
                        "p50": JSONOutput(latency.took.at(0.5)), "p99": JSONOutput(latency.took.at(0.99)),
                        "p999": JSONOutput(latency.took.at(0.999)), "max": JSONOutput(latency.took.most),
                        "no_success": JSONOutput(latency.failures),
                    ]
                }
            ),
            "late_us": [
                "p50": JSONOutput(late.at(0.5)), "p99": JSONOutput(late.at(0.99)), "max": JSONOutput(late.most),
            ],
            "no_success": .array(
                failures.map { entry in
                    [
                        "route": .string(entry.failure.route.rawValue), "status": JSONOutput(entry.failure.status),
                        "code": .string(entry.failure.word), "times": JSONOutput(entry.times),
                    ]
                }
            ),
            "estimates": [
                "people": JSONOutput(estimates.people), "first_kept_permille": Self.permille(estimates.first),
                "estimates": JSONOutput(estimates.estimates), "all_kept_permille": Self.permille(estimates.all),
            ],
            "disturbed_ms": .array(
                disturbed.map { [JSONOutput($0.lowerBound / 1_000), JSONOutput($0.upperBound / 1_000)] }
            ),
            "audit": audit.map { AuditResult(repairs: nil, report: $0).json } ?? .null,
            "over_time": .array(
                series.moments.map { moment in
                    [
                        "at_ms": JSONOutput(Int64(moment.at * 1_000)),
                        "joins_per_second": JSONOutput(Int64(moment.joinsPerSecond.rounded())),
                        "decisions_per_second": JSONOutput(Int64(moment.decisionsPerSecond.rounded())),
                        "answers_per_second": JSONOutput(Int64(moment.answersPerSecond.rounded())),
                        "waiting": JSONOutput(moment.waiting),
                    ]
                }
            ),
            "by_position": .array(
                series.stretches.map { stretch in
                    ["up_to_position": JSONOutput(stretch.position), "wait_ms": Self.milliseconds(stretch.waits)]
                }
            ),
        ]
    }

    private var planDocument: JSONOutput {
        [
            "users": JSONOutput(plan.users), "stock": JSONOutput(plan.stock),
            "arrival": .string(plan.arrival.rawValue), "over_ms": JSONOutput(plan.over.microseconds / 1_000),
            "checkout": .string(plan.product.checkout.rawValue), "pay_permille": Self.permille(plan.pay),
            "abandon_permille": Self.permille(plan.abandon), "seed": .string("\(plan.seed)"),
            "connections": JSONOutput(plan.connections), "disturb": .string(plan.disturbance.rawValue),
            "deadline_ms": JSONOutput(plan.deadline.microseconds / 1_000),
        ]
    }

    private static func permille(_ share: Double?) -> JSONOutput {
        JSONOutput(share.map { Int64(($0 * 1_000).rounded(.down)) })
    }

    private static func milliseconds(_ waits: Percentiles) -> JSONOutput {
        let shown = { (value: Int64?) in JSONOutput(value.map { $0 / 1_000 }) }
        return [
            "people": JSONOutput(waits.count), "p50": shown(waits.at(0.5)), "p90": shown(waits.at(0.9)),
            "p99": shown(waits.at(0.99)), "max": shown(waits.most),
        ]
    }
}
