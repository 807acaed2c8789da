/// How a worker serves its lines.
public struct LineSettings: Sendable {
    /// The name of this worker process, different for each process.
    public var worker: String
    /// The most entries of one claim: one transaction settles them.
    public var batchSize: Int
    /// How long a lease lasts without being renewed.
    ///
    /// It is renewed three times in that time.
    public var leaseDuration: Duration
    /// The most products that this worker serves.
    public var maximumProducts: Int
    /// How long an idle line is left alone when no wake-up comes.
    ///
    /// Wake-ups may be lost, so this bounds the delay.
    public var idlePoll: Duration
    /// How often a line that has nothing to do is compared with the books: an older copy of Redis's data may show other rules
    /// or another stock, and hand out the same tickets.
    public var compareInterval: Duration
    /// The most entries of a sold-out line that are dropped in one step.
    public var dropStep: Int
    /// How often a batch, and then each of its entries alone, is tried before the entry is put aside.
    public var maximumAttempts: Int
    /// How often holds and orders are looked for whose time is over.
    public var sweepInterval: Duration
    /// The most orders that run out in one transaction.
    public var sweepStep: Int
    /// The most outcomes that are shown again in one step, after Redis has lost its data.
    public var rebuildStep: Int

    /// Settings with their defaults.
    public init(
        worker: String,
        batchSize: Int = 50,
        leaseDuration: Duration = .seconds(2),
        maximumProducts: Int = 1_000,
        idlePoll: Duration = .seconds(1),
        compareInterval: Duration = .seconds(10),
        dropStep: Int = 1_000,
        maximumAttempts: Int = 3,
        sweepInterval: Duration = .milliseconds(250),
        sweepStep: Int = 500,
        rebuildStep: Int = 1_000
    ) {
        self.worker = worker
        self.batchSize = batchSize
        self.leaseDuration = leaseDuration
        self.maximumProducts = maximumProducts
        self.idlePoll = idlePoll
        self.compareInterval = compareInterval
        self.dropStep = dropStep
        self.maximumAttempts = maximumAttempts
        self.sweepInterval = sweepInterval
        self.sweepStep = sweepStep
        self.rebuildStep = rebuildStep
    }
}
