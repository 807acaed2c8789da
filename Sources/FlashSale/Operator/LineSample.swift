/// How a line and its stock stood at one moment: a point of the charts.
public struct LineSample: Hashable, Sendable {
    /// When, in whole seconds of the database's clock.
    public var at: Timestamp
    /// Entries that waited.
    public var waiting: Int
    /// The place that was handed out last.
    public var lastTicket: Int64
    /// The place that was decided last.
    public var servedTicket: Int64
    /// Units that nobody had bought or held.
    public var available: Int
    /// Units in holds and unpaid orders.
    public var held: Int
    /// Units in completed orders.
    public var sold: Int
    /// Tickets decided so far, by outcome.
    public var outcomes: Outcomes

    /// How many tickets were decided how.
    public struct Outcomes: Hashable, Sendable {
        /// They got their units, at least for a while.
        public var ordered = 0
        /// The units were gone, the watermark's tickets among them.
        public var soldOut = 0
        /// Their cart ran out, or they left.
        public var gone = 0
        /// The user had bought before.
        public var alreadyPurchased = 0
        /// Nobody could process them.
        public var failed = 0

        /// No tickets.
        public init() {}

        /// All of them.
        public var total: Int { ordered + soldOut + gone + alreadyPurchased + failed }
    }

    /// How a line stood at one moment.
    public init(
        at: Timestamp,
        waiting: Int,
        lastTicket: Int64,
        servedTicket: Int64,
        available: Int,
        held: Int,
        sold: Int,
        outcomes: Outcomes
    ) {
        self.at = at
        self.waiting = waiting
        self.lastTicket = lastTicket
        self.servedTicket = servedTicket
        self.available = available
        self.held = held
        self.sold = sold
        self.outcomes = outcomes
    }

    /// Whether both say the same of different moments.
    public func isUnchanged(since other: LineSample) -> Bool {
        var other = other
        other.at = at
        return self == other
    }
}

/// How fast a line moves, in tickets a second.
public struct LineRates: Hashable, Sendable {
    /// Handed out.
    public var joined: Double
    /// Decided.
    public var decided: Double

    /// Between two samples; nil when the later is not later.
    public init?(from earlier: LineSample, to later: LineSample) {
        let seconds = Double(later.at.microseconds - earlier.at.microseconds) / 1_000_000
        guard seconds > 0 else { return nil }
        joined = max(0, Double(later.lastTicket - earlier.lastTicket)) / seconds
        decided = max(0, Double(later.outcomes.total - earlier.outcomes.total)) / seconds
    }
}

/// How far back charts look.
public enum SampleSpan: String, Sendable, CaseIterable {
    /// The last 30 minutes.
    case halfHour = "30m"
    /// The last 3 hours.
    case threeHours = "3h"
    /// The last day.
    case day = "24h"
    /// All that is kept.
    case week = "7d"

    /// Its length in seconds.
    public var seconds: Int {
        switch self {
        case .halfHour: 1_800
        case .threeHours: 10_800
        case .day: 86_400
        case .week: LineSampling.keptSeconds
        }
    }

    /// One sample of so many seconds is shown: at most 360 in all.
    public var step: Int { max(LineSampling.periodSeconds, seconds / 360) }
}

/// How samples are taken.
public enum LineSampling {
    /// From one sample to the next.
    public static let periodSeconds = 5
    /// How long samples are kept: 7 days.
    public static let keptSeconds = 604_800
}

/// Where a worker leaves samples of the lines that it serves.
public protocol LineSampler: Sendable {
    /// Takes one sample of each line that this worker serves now.
    ///
    /// - Returns: How many lines it serves.
    func takeSamples(worker: String) async throws -> Int

    /// Removes some of the samples that are too old, at most `limit`.
    ///
    /// - Returns: How many it removed.
    func removeOldSamples(limit: Int) async throws -> Int
}
