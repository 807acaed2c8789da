import FlashSale

/// How the waits that people were told compare with those that they had.
struct EstimateCheck: Sendable, Equatable {
    /// The share of people who have to be decided by the time that nine of ten were to be.
    static let required = 0.85
    /// With fewer estimates the share says nothing.
    private static let fewest = 20

    /// People with an estimate and a decision.
    let people: Int
    /// Of these, the share that was decided within their first estimate's 90th percentile; nil without any.
    let first: Double?
    /// Estimates of people with a decision.
    let estimates: Int
    /// Of these, the share that held.
    let all: Double?

    init(_ history: RehearsalHistory, _ journeys: Journeys) {
        let decided = Dictionary(journeys.all.map { ($0.person, $0) }) { first, _ in first }
        var seen: Set<Int> = []
        var kept = (first: 0, all: 0)
        var estimates = 0
        for answer in history.answers {
            // Whoever leaves, or lets the cart run out, was not served.
            guard let estimate = answer.reply.estimate, let journey = decided[answer.person],
                let time = journey.decided, journey.status != .left, journey.status != .cartExpired
            else { continue }
            let isKept = time <= answer.received + estimate.p90 * 1_000_000
            estimates += 1
            if isKept { kept.all += 1 }
            if seen.insert(answer.person).inserted, isKept { kept.first += 1 }
        }
        people = seen.count
        self.estimates = estimates
        first = seen.isEmpty ? nil : Double(kept.first) / Double(seen.count)
        all = estimates == 0 ? nil : Double(kept.all) / Double(estimates)
    }

    var check: RehearsalCheck {
        let name = "At least 85 % were served before their 90 % estimate"
        guard let first, let all else { return RehearsalCheck(name, .notJudged, "no standing had an estimate") }
        let detail =
            "\(first.percent) of \(people) people by the first estimate, "
            + "\(all.percent) of \(estimates) estimates in all"
        guard people >= Self.fewest else { return RehearsalCheck(name, .notJudged, "too few: \(detail)") }
        return RehearsalCheck(name, first >= Self.required ? .pass : .fail, detail)
    }
}

extension Double {
    /// A share with one decimal: `87.5 %`.
    var percent: String {
        let tenths = Int((self * 1_000).rounded(.down))
        return "\(tenths / 10).\(tenths % 10) %"
    }
}
