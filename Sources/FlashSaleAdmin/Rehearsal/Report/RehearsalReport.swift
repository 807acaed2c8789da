import FlashSale
import FlashSaleStorage

/// What a rehearsal has shown: figures and checks, ready to be written as text, JSON and HTML.
struct RehearsalReport: Sendable {
    /// The last word.
    enum Verdict: String, Sendable {
        case pass = "PASS"
        case fail = "FAIL"
        /// It was stopped, or saw more than it could keep: nothing was found, and not everything was looked at.
        case incomplete = "INCOMPLETE"
    }

    /// How fast the API answered one kind of request.
    struct Latency: Sendable {
        let route: RehearsalRoute
        /// In microseconds, from the request to its answer.
        let took: Percentiles
        let failures: Int
    }

    /// Answers that were no success, by what they said.
    struct Failure: Hashable, Sendable {
        let route: RehearsalRoute
        /// 0 where no answer came.
        let status: Int
        let word: String
    }

    let plan: RehearsalPlan
    let product: ProductID
    let startedAt: Timestamp
    let elapsed: Duration
    let verdict: Verdict
    let checks: [RehearsalCheck]
    /// How many people ended how, the most frequent first.
    let endings: [(word: String, people: Int)]
    /// From the ticket to the decision, in microseconds, of everybody who was decided.
    let waits: Percentiles
    /// The same, of those who got a unit.
    let winnersWaits: Percentiles
    let latencies: [Latency]
    let failures: [(failure: Failure, times: Int)]
    let series: RehearsalSeries
    let estimates: EstimateCheck
    let audit: AuditReport?
    let disturbed: [ClosedRange<Int64>]
    let requests: Int
    /// How late this program was itself, in microseconds: people's requests, without the joins of a burst, which are all due
    /// at once.
    let late: Percentiles

    init(_ plan: RehearsalPlan, _ outcome: RehearsalRun.Outcome) {
        let history = outcome.history
        let journeys = Journeys(history)
        self.plan = plan
        product = outcome.product.id
        startedAt = outcome.startedAt
        elapsed = outcome.elapsed
        estimates = EstimateCheck(history, journeys)
        audit = outcome.audit
        disturbed = outcome.disturbed
        requests = history.answers.count + history.dropped
        late = Percentiles(
            history.answers.filter { !$0.isLastLook && (plan.arrival != .burst || $0.route != .join) }.map(\.late)
        )
        series = RehearsalSeries(history, journeys, elapsed: outcome.elapsed)
        waits = Percentiles(journeys.all.compactMap(\.waited))
        winnersWaits = Percentiles(journeys.all.filter(\.wasServedUnits).compactMap(\.waited))
        endings = Self.counted(journeys.all.map(\.ending), missing: plan.users - journeys.all.count)
        latencies = RehearsalRoute.allCases.compactMap { Self.latency($0, history) }
        failures = Self.failures(history)
        let fairness = FairnessCheck(
            history: history,
            journeys: journeys,
            stock: plan.stock,
            availableAtEnd: outcome.interruption == nil ? outcome.availableAtEnd : nil,
            unitsOfOthers: outcome.unitsOfOthers
        )
        checks =
            fairness.checks + [estimates.check, Self.inTime(plan, outcome), Self.punctual(plan, late)]
            + (plan.disturbance == .none ? [] : [Self.disturbance(plan, outcome)]) + [Self.check(outcome.audit)]
        verdict = Self.verdict(checks, outcome.interruption, dropped: history.dropped)
    }

    /// A rehearsal that was stopped has people who wait: that alone is no failure.
    static func verdict(
        _ checks: [RehearsalCheck],
        _ interruption: RehearsalRun.Interruption?,
        dropped: Int
    ) -> Verdict {
        if interruption == .signal { return .incomplete }
        if checks.contains(where: { $0.verdict == .fail }) { return .fail }
        return dropped > 0 ? .incomplete : .pass
    }

    private static func counted(_ words: [String], missing: Int) -> [(word: String, people: Int)] {
        var counts: [String: Int] = [:]
        for word in words { counts[word, default: 0] += 1 }
        if missing > 0 { counts["never_came"] = missing }
        return counts.map { (word: $0.key, people: $0.value) }.sorted { ($1.people, $0.word) < ($0.people, $1.word) }
    }

    private static func latency(_ route: RehearsalRoute, _ history: RehearsalHistory) -> Latency? {
        let answers = history.answers.filter { $0.route == route }
        guard !answers.isEmpty else { return nil }
        return Latency(
            route: route,
            took: Percentiles(answers.filter { $0.reply.status != 0 }.map { $0.received - $0.sent }),
            failures: answers.count { !$0.reply.isSuccess }
        )
    }

    private static func failures(_ history: RehearsalHistory) -> [(failure: Failure, times: Int)] {
        var counts: [Failure: Int] = [:]
        for answer in history.answers where !answer.reply.isSuccess {
            let failure = Failure(route: answer.route, status: answer.reply.status, word: answer.reply.word)
            counts[failure, default: 0] += 1
        }
        return counts.map { (failure: $0.key, times: $0.value) }.sorted {
            ($1.times, $0.failure.status, $0.failure.word) < ($0.times, $1.failure.status, $1.failure.word)
        }
    }
}

extension RehearsalReport {
    private static func inTime(_ plan: RehearsalPlan, _ outcome: RehearsalRun.Outcome) -> RehearsalCheck {
        let name = "Everybody was done before the deadline"
        switch outcome.interruption {
        case nil: return RehearsalCheck(name, .pass, "\(outcome.elapsed.seconds) of \(plan.deadline.words)")
        case .signal: return RehearsalCheck(name, .notJudged, "stopped after \(outcome.elapsed.seconds)")
        case .deadline:
            return RehearsalCheck(
                name,
                .fail,
                "not within \(plan.deadline.words). Does a worker run? Else raise --deadline"
            )
        }
    }

    /// Whoever is late with asking sees late what was decided in time.
    private static func punctual(_ plan: RehearsalPlan, _ late: Percentiles) -> RehearsalCheck {
        let name = "This program sent its requests when they were due"
        guard let most = late.most, let usual = late.at(0.99) else {
            return RehearsalCheck(name, .notJudged, "nobody had to come back")
        }
        let times = [usual, most].map { Duration.seconds(microseconds: $0) }
        let seen = "99 % at most \(times[0]) late, \(times[1]) at worst"
        guard usual > latest else { return RehearsalCheck(name, .pass, seen) }
        return RehearsalCheck(
            name,
            .notJudged,
            "\(seen): waits contain that. Send fewer users, or over more --connections than \(plan.connections)"
        )
    }

    /// Nobody notices half a second of their own.
    private static let latest: Int64 = 500_000

    private static func disturbance(_ plan: RehearsalPlan, _ outcome: RehearsalRun.Outcome) -> RehearsalCheck {
        let name = "The disturbance took place: \(plan.disturbance.rawValue)"
        if let problem = outcome.disturbanceProblem { return RehearsalCheck(name, .fail, problem) }
        guard let span = outcome.disturbed.first else {
            return RehearsalCheck(name, .notJudged, "the sale was over before its middle was seen")
        }
        return RehearsalCheck(name, .pass, "from \(span.lowerBound / 1_000) to \(span.upperBound / 1_000) ms")
    }

    private static func check(_ audit: AuditReport?) -> RehearsalCheck {
        let name = "The audit of both stores finds nothing"
        guard let audit else { return RehearsalCheck(name, .notJudged, "it was not run") }
        let violations = audit.invariants.filter { $0.violations > 0 }.map { invariant in
            "\(invariant.invariant.rawValue). \(invariant.invariant.title): "
                + (invariant.rows.first?.problem ?? invariant.violations.counting("violation"))
        }
        let open = audit.invariants.count { !$0.notJudged.isEmpty }
        return RehearsalCheck(
            name,
            violations: violations,
            looked: "\(audit.invariants.count) invariants" + (open > 0 ? ", \(open) of them could not be judged" : "")
        )
    }
}

extension Duration {
    /// Seconds with two decimals: `12.34 s`.
    var seconds: String { Self.seconds(microseconds: microseconds) }

    /// The same, of microseconds.
    static func seconds(microseconds: Int64) -> String {
        let hundredths = (microseconds + 5_000) / 10_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) s"
    }

    /// Milliseconds with two decimals: `1.25 ms`.
    static func milliseconds(microseconds: Int64) -> String {
        let hundredths = (microseconds + 5) / 10
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) ms"
    }
}

extension RehearsalReport {
    /// The names of the checks that do not hold.
    var failedChecks: String {
        checks.filter { $0.verdict == .fail }.map { "\"\($0.name)\"" }.joined(separator: ", ")
    }
}
