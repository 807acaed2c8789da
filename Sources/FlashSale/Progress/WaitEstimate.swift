/// How fast a line moves, as far as its pace tells, and how sure that is.
public struct WaitEstimate: Hashable, Sendable {
    /// Tickets that are decided a second.
    public let ticketsPerSecond: Double
    /// The rate's standard error as a share of it: what the last minutes leave open, and that the next may differ.
    private let rateError: Double
    /// By how much counts vary more than those of single independent decisions: batches make them lumpy.
    private let dispersion: Double

    /// What happened so long ago counts half.
    private static let halfLife = 40.0
    /// Nobody knows the next minutes better than this: databases become slow, operators pause a line.
    private static let leastRateError = 0.28
    /// A batch is 50 tickets, and they are decided together.
    private static let leastDispersion = 50.0
    /// Less time than this tells nothing, in seconds.
    private static let leastTime = 0.5
    /// The 90th percentile of the normal distribution, in standard deviations.
    private static let z90 = 1.2816
    /// How long it takes until a decision is seen: part of every wait, in seconds.
    private static let delay = 1.0
    /// What is further away than a day is not estimated, in seconds.
    private static let longest = 86_400.0

    /// Nil when the pace says too little.
    public init?(_ pace: RecentPace) {
        var spans = pace.buckets.map { bucket in
            Span(tickets: Double(bucket.tickets), seconds: bucket.waited / .seconds(1), age: bucket.age / .seconds(1))
        }
        let standstill = pace.standstill / .seconds(1)
        if standstill > 0 { spans.insert(Span(tickets: 0, seconds: standstill, age: 0), at: 0) }
        let time = spans.reduce(0) { $0 + $1.weight * $1.seconds }
        let tickets = spans.reduce(0) { $0 + $1.weight * $1.tickets }
        guard time >= Self.leastTime, tickets > 0 else { return nil }
        let rate = tickets / time

        var squares = 0.0
        var weightedSquares = 0.0
        var timeSquares = 0.0
        for span in spans {
            let deviation = span.tickets - rate * span.seconds
            squares += span.weight * span.weight * deviation * deviation
            weightedSquares += span.weight * deviation * deviation
            timeSquares += span.weight * span.weight * span.seconds * span.seconds
        }
        let independentSpans = time * time / max(timeSquares, 1e-9)
        let variance = squares / (tickets * tickets)
        rateError =
            (variance + Self.leastRateError * Self.leastRateError + 0.25 / max(1, independentSpans)).squareRoot()
        // Of the variance, what the rate's own error does not explain already; a bucket's worth, not a minute's.
        dispersion = min(max(Self.leastDispersion, weightedSquares / tickets), 20 * Self.leastDispersion)
        ticketsPerSecond = rate
    }

    /// How long it takes until `count` tickets are decided: the median, and what nine waits of ten do not exceed.
    ///
    /// - Parameter count: Tickets up to the one that is waited for, that one included.
    public func seconds(until count: Int64) -> WaitRange {
        let most = Double(max(1, count))
        let median = most / ticketsPerSecond
        let shift = Self.z90 * rateError
        let spread = Self.z90 * (dispersion * most).squareRoot() / ticketsPerSecond
        // The rate is as likely twice too high as twice too low: the first terms of exp(x).
        let late =
            most / ticketsPerSecond * (1 + shift + shift * shift / 2) + min(spread, 2 * most / ticketsPerSecond + 5)
        return WaitRange(
            p50: Int(min(Self.longest, (median + Self.delay / 2).rounded(.up))),
            p90: Int(min(Self.longest, (late + Self.delay).rounded(.up)))
        )
    }

    private struct Span {
        let tickets: Double
        let seconds: Double
        let age: Double

        var weight: Double { WaitEstimate.halfLife / (WaitEstimate.halfLife + age) }
    }
}

/// How long a wait will be, in whole seconds from now.
public struct WaitRange: Hashable, Sendable {
    /// Half of all waits end before this.
    public var p50: Int
    /// Nine of ten waits end before this.
    public var p90: Int

    /// A range; the later end is never before the earlier.
    public init(p50: Int, p90: Int) {
        self.p50 = p50
        self.p90 = max(p50, p90)
    }
}
