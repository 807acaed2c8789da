/// How a worker delivers messages to the shop.
public struct DeliverySettings: Sendable {
    /// The most deliveries that are under way at the same time.
    public var concurrency: Int
    /// How long the outbox is left alone when it had nothing more to deliver.
    public var pollInterval: Duration
    /// The time for one delivery.
    public var deliveryDeadline: Duration
    /// How long a message is nobody else's: the time for its delivery and for the report.
    public var claimDuration: Duration
    /// How long a message that did not arrive waits for its next try.
    public var retryDelay: RetryDelay
    /// After how many tries a message is given up.
    public var maximumAttempts: Int
    /// How long a shutdown waits for deliveries that are under way.
    public var shutdownGrace: Duration

    /// Settings with their defaults.
    ///
    /// - Precondition: A claim lasts longer than a delivery, else another worker would deliver the same message meanwhile.
    public init(
        concurrency: Int = 8,
        pollInterval: Duration = .milliseconds(250),
        deliveryDeadline: Duration = .seconds(10),
        claimDuration: Duration = .seconds(30),
        retryDelay: RetryDelay = RetryDelay(),
        maximumAttempts: Int = 12,
        shutdownGrace: Duration = .seconds(5)
    ) {
        precondition(claimDuration > deliveryDeadline, "a claim must outlast the delivery")
        self.concurrency = concurrency
        self.pollInterval = pollInterval
        self.deliveryDeadline = deliveryDeadline
        self.claimDuration = claimDuration
        self.retryDelay = retryDelay
        self.maximumAttempts = maximumAttempts
        self.shutdownGrace = shutdownGrace
    }
}

/// The wait between two tries: it doubles from try to try, up to a maximum.
public struct RetryDelay: Sendable {
    /// The wait after the first try.
    public var base: Duration
    /// The longest wait.
    public var maximum: Duration

    /// Waits; by default 1 s, 2 s, 4 s … 5 min.
    public init(base: Duration = .seconds(1), maximum: Duration = .seconds(300)) {
        self.base = base
        self.maximum = maximum
    }

    /// How long to wait after a try, counted from 1.
    ///
    /// - Parameter jitter: 0…1, shortens the wait by up to a quarter: what failed together must not return together.
    func wait(after attempt: Int, jitter: Double) -> Duration {
        // 2^40 times the shortest base is beyond any maximum; a larger shift would overflow.
        let doublings = min(max(attempt, 1) - 1, 40)
        return min(base * (1 << doublings), maximum) * (1 - jitter / 4)
    }
}
