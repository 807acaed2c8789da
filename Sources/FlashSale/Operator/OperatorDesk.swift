/// What an operator sees of all sales and does to them.
///
/// Throws ``StoreUnavailable`` when a store can't be reached. Every read is bounded.
public protocol OperatorDesk: Sendable {
    /// Every sale at this moment; of more than ``OperatorOverview/maximumSales``, the first.
    func overview() async throws -> OperatorOverview

    /// The samples of a product over the last while, at most a few hundred, the oldest first.
    func samples(of product: ProductID, over span: SampleSpan) async throws -> [LineSample]

    /// Does something to a sale, and puts it on record under this name.
    ///
    /// Throws ``NoSuchProduct`` and ``InvalidValue`` too: then nothing was done.
    func perform(_ action: OperatorAction, by actor: OperatorActor) async throws -> OperatorResult

    /// What operators did, the latest first.
    func actions(_ page: OperatorActionPage) async throws -> [OperatorActionRecord]

    /// Entries that could not be processed, the oldest first.
    func failedEntries(limit: Int, after: Int64?) async throws -> [FailedEntry]

    /// Payments that a person has to do something about, the oldest first.
    func payments(_ concern: PaymentConcern, limit: Int) async throws -> [PaymentOfConcern]
}

/// What an operator can do while a sale runs.
public enum OperatorAction: Hashable, Sendable {
    /// Nobody joins and nobody is served; nobody loses a place.
    case pause(ProductID)
    /// A paused line moves again.
    case resume(ProductID)
    /// Puts more units on sale.
    case restock(ProductID, units: Int)
    /// Ends joining now; whoever waits is served.
    case close(ProductID)
    /// Gives the users of failed entries a new place at the back.
    case retryFailed([Int64])
    /// Removes failed entries for good.
    case flushFailed([Int64])

    /// The most failed entries that one action takes.
    public static let maximumEntries = 100

    /// The word in the log and in paths.
    public var name: String {
        switch self {
        case .pause: "pause"
        case .resume: "resume"
        case .restock: "restock"
        case .close: "close"
        case .retryFailed: "retry_failed"
        case .flushFailed: "flush_failed"
        }
    }
}

/// What an action came to.
public struct OperatorResult: Hashable, Sendable {
    /// One line for a person.
    public var summary: String
    /// What could not be done, one line each; the rest was.
    public var problems: [String]

    /// What an action came to.
    public init(summary: String, problems: [String] = []) {
        self.summary = summary
        self.problems = problems
    }
}

/// Who does something: `console`, or `cli:USER@HOST`.
public struct OperatorActor: Hashable, Sendable {
    /// The name in the log, at most 100 printable ASCII characters; others are replaced.
    public let name: String

    /// A name.
    public init(_ name: String) {
        self.name = String(name.unicodeScalars.prefix(100).map { (33...126).contains($0.value) ? Character($0) : "_" })
    }

    /// Whoever has the operator's key.
    public static let console = OperatorActor("console")
    /// One of our own programs.
    public static let program = OperatorActor("program")
}

/// One line of the operators' log.
public struct OperatorActionRecord: Hashable, Sendable {
    /// Its number; later ones are higher.
    public var id: Int64
    /// When, by the database's clock.
    public var at: Timestamp
    /// Who.
    public var actor: String
    /// What was done, such as `pause`.
    public var action: String
    /// To which product; nil for none or several.
    public var product: ProductID?
    /// How, as a JSON object.
    public var detail: String
    /// `done`, or what was refused and why.
    public var result: String

    /// One line of the log.
    public init(
        id: Int64,
        at: Timestamp,
        actor: String,
        action: String,
        product: ProductID?,
        detail: String,
        result: String
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.action = action
        self.product = product
        self.detail = detail
        self.result = result
    }
}

/// Which part of the operators' log to read.
public struct OperatorActionPage: Hashable, Sendable {
    /// The most lines of a page.
    public static let maximumSize = 1_000
    /// Only of this product; nil for all.
    public var product: ProductID?
    /// Only lines below this number; nil for the latest.
    public var before: Int64?
    /// How many lines.
    public var size: Int

    /// A page of at most ``maximumSize`` lines.
    public init(product: ProductID? = nil, before: Int64? = nil, size: Int = 100) {
        self.product = product
        self.before = before
        self.size = min(max(size, 1), Self.maximumSize)
    }
}

/// An operator named a product that MariaDB does not have.
public struct NoSuchProduct: Error, Hashable, Sendable {
    /// The number that was asked for.
    public var product: ProductID

    /// There is no product of this number.
    public init(product: ProductID) { self.product = product }
}
