/// Every sale at one moment.
public struct OperatorOverview: Hashable, Sendable {
    /// The most sales that are shown.
    public static let maximumSales = 100

    /// When this was, by the database's clock.
    public var at: Timestamp
    /// The sales by rising product.
    public var sales: [SaleSight]
    /// How many there are beside these.
    public var hiddenSales: Int
    /// Workers that live, by name.
    public var workers: [WorkerSight]
    /// Entries that could not be processed.
    public var failedEntries: Int
    /// Payments that have to go back.
    public var refundsDue: Int
    /// Payment events that contradict their order.
    public var toReview: Int

    /// Every sale at one moment.
    public init(
        at: Timestamp,
        sales: [SaleSight],
        hiddenSales: Int,
        workers: [WorkerSight],
        failedEntries: Int,
        refundsDue: Int,
        toReview: Int
    ) {
        self.at = at
        self.sales = sales
        self.hiddenSales = hiddenSales
        self.workers = workers
        self.failedEntries = failedEntries
        self.refundsDue = refundsDue
        self.toReview = toReview
    }
}

/// One sale at one moment.
public struct SaleSight: Hashable, Sendable {
    /// The product as MariaDB has it.
    public var product: Product
    /// Entries that wait; nil when Redis does not have the line.
    public var waiting: Int?
    /// The place that was handed out last.
    public var lastTicket: Int64?
    /// The place that was decided last.
    public var servedTicket: Int64?
    /// The worker that serves it; nil for none.
    public var worker: String?
    /// How long that worker's lease still holds, in milliseconds.
    public var leaseMilliseconds: Int?
    /// The latest sample; nil before a worker took one.
    public var sample: LineSample?
    /// Tickets handed out and decided a second, between the two latest samples.
    public var rates: LineRates?

    /// One sale at one moment.
    public init(
        product: Product,
        waiting: Int?,
        lastTicket: Int64?,
        servedTicket: Int64?,
        worker: String?,
        leaseMilliseconds: Int?,
        sample: LineSample?,
        rates: LineRates?
    ) {
        self.product = product
        self.waiting = waiting
        self.lastTicket = lastTicket
        self.servedTicket = servedTicket
        self.worker = worker
        self.leaseMilliseconds = leaseMilliseconds
        self.sample = sample
        self.rates = rates
    }
}

/// A worker process that lives.
public struct WorkerSight: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// How many products it serves.
    public var products: Int
    /// When it started.
    public var startedAt: Timestamp

    /// A worker process that lives.
    public init(name: String, products: Int, startedAt: Timestamp) {
        self.name = name
        self.products = products
        self.startedAt = startedAt
    }
}

/// An entry that could not be processed, as a person reads it.
public struct FailedEntry: Hashable, Sendable {
    /// Its number.
    public var id: Int64
    /// The product of the line.
    public var product: ProductID
    /// Whose place it was and which, where the entry can be read.
    public var place: String?
    /// Why it could not be processed.
    public var reason: String
    /// How often it was tried.
    public var attempts: Int
    /// When it was put aside.
    public var at: Timestamp

    /// An entry that could not be processed.
    public init(id: Int64, product: ProductID, place: String?, reason: String, attempts: Int, at: Timestamp) {
        self.id = id
        self.product = product
        self.place = place
        self.reason = reason
        self.attempts = attempts
        self.at = at
    }
}

/// Why a person has to look at a payment.
public enum PaymentConcern: String, Sendable, CaseIterable {
    /// It came when the units were gone: the money has to go back.
    case refundDue = "refund_due"
    /// It contradicts its order or the amount.
    case review
}

/// A payment that a person has to do something about.
public struct PaymentOfConcern: Hashable, Sendable {
    /// What the provider reported.
    public var event: PaymentEvent
    /// When it came in.
    public var receivedAt: Timestamp

    /// A payment that a person has to do something about.
    public init(event: PaymentEvent, receivedAt: Timestamp) {
        self.event = event
        self.receivedAt = receivedAt
    }
}
