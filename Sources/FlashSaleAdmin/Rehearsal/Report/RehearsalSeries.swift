/// How a rehearsal went over time and along the line, for its charts.
struct RehearsalSeries: Sendable, Equatable {
    /// One stretch of time.
    struct Moment: Sendable, Equatable {
        /// Its end, in seconds after the start.
        let at: Double
        let joinsPerSecond: Double
        let decisionsPerSecond: Double
        /// People with a ticket and without a decision at its end.
        let waiting: Int
        /// Answers a second, of all kinds.
        let answersPerSecond: Double
    }

    /// The people of one stretch of the line, by the position at which they joined.
    struct Stretch: Sendable, Equatable {
        /// Its last position.
        let position: Int64
        /// From the ticket to the decision, in microseconds.
        let waits: Percentiles
    }

    /// No chart shows more.
    static let most = 120
    /// In microseconds.
    private static let shortest: Int64 = 100_000

    let moments: [Moment]
    let stretches: [Stretch]

    init(_ history: RehearsalHistory, _ journeys: Journeys, elapsed: Duration) {
        moments = Self.moments(history, journeys, elapsed: max(1, elapsed.microseconds))
        stretches = Self.stretches(journeys)
    }

    private static func moments(_ history: RehearsalHistory, _ journeys: Journeys, elapsed: Int64) -> [Moment] {
        let width = max(shortest, (elapsed + Int64(most) - 1) / Int64(most))
        let count = Int((elapsed + width - 1) / width)
        var joins = Array(repeating: 0, count: count)
        var decisions = joins
        var answers = joins
        let place = { (time: Int64) in min(count - 1, max(0, Int(time / width))) }
        var entered = joins
        for journey in journeys.all {
            guard let joined = journey.joined else { continue }
            joins[place(joined)] += 1
            // Whose decision nobody saw in time would wait for ever in the chart.
            if journey.decided != nil || !journey.isDecided { entered[place(joined)] += 1 }
            if let decided = journey.decided { decisions[place(decided)] += 1 }
        }
        for answer in history.answers { answers[place(answer.received)] += 1 }
        let seconds = Double(width) / 1_000_000
        var waiting = 0
        return (0..<count).map { index in
            waiting += entered[index] - decisions[index]
            return Moment(
                at: Double(index + 1) * seconds,
                joinsPerSecond: Double(joins[index]) / seconds,
                decisionsPerSecond: Double(decisions[index]) / seconds,
                waiting: waiting,
                answersPerSecond: Double(answers[index]) / seconds
            )
        }
    }

    private static func stretches(_ journeys: Journeys) -> [Stretch] {
        let waits = journeys.all.compactMap { journey -> (position: Int64, waited: Int64)? in
            guard let position = journey.position, let waited = journey.waited else { return nil }
            return (position, waited)
        }
        guard let last = waits.map(\.position).max() else { return [] }
        let width = max(1, (last + Int64(most) - 1) / Int64(most))
        let groups = Dictionary(grouping: waits) { ($0.position - 1) / width }
        return groups.keys.sorted().map { group in
            Stretch(
                position: min(last, (group + 1) * width),
                waits: Percentiles(groups[group, default: []].map(\.waited))
            )
        }
    }
}
