/// The truth about stock, decisions, orders and draws, as the worker writes it.
///
/// Throws ``StoreUnavailable`` when the books can't be reached or written, ``Fenced`` when the lease is another's, and
/// ``OutcomeUnknown`` when a commit may or may not have happened. Repeating a call is always right.
public protocol SaleBooks: Sendable {
    /// Says that the worker lives, renews its leases, and takes products that nobody serves, up to its fair share.
    ///
    /// - Parameters:
    ///   - worker: The name of this worker process, different for each process.
    ///   - duration: How long the leases last by the database's clock if they are not renewed.
    ///   - maximum: The most products this worker serves.
    /// - Returns: Every product that the worker serves now.
    func renewLeases(worker: String, for duration: Duration, maximum: Int) async throws -> [Lease]

    /// Gives all leases of a worker back, so that another one need not wait for their end.
    func releaseLeases(worker: String) async throws

    /// The product as it is now; nil when it is gone.
    func product(_ id: ProductID) async throws -> Product?

    /// Settles a claim in one transaction.
    ///
    /// Throws ``UnstorableEntry`` and ``OlderLine`` too.
    func settle(_ claim: Claim, of product: ProductID, fence: Fence) async throws -> SettledClaim

    /// Decides a claim of one entry as failed, and keeps the entry as a dead letter for a person to look at.
    func putAside(_ claim: Claim, of product: ProductID, fence: Fence, reason: String) async throws -> SettledClaim

    /// What is decided of a claim already, with the orders as they are by now.
    func decisions(on claim: Claim, of product: ProductID) async throws -> [Decision]

    /// The last ticket that was decided: a line that has handed out fewer has lost data.
    func lastDecidedTicket(of product: ProductID) async throws -> Int64

    /// Names the line of a product that was never opened; the same nonce again if that was done before.
    ///
    /// - Returns: The product with its nonce, and whether this call was the one that named it.
    func nameLine(of product: ProductID, nonce: String) async throws -> (product: Product, isNew: Bool)

    /// Puts on record that the line's data is lost, under a new nonce.
    ///
    /// - Returns: The product, and the ticket above which the line may hand out new ones.
    func recordLostLine(of product: ProductID, newNonce: String, fence: Fence) async throws
        -> (product: Product, lastTicket: Int64)

    /// Up to `limit` decisions above a ticket, as their users are to be shown them today.
    func outcomes(of product: ProductID, after ticket: Int64, limit: Int) async throws -> OutcomePage

    /// Ends the range of sold-out tickets of a product that has stock again.
    func reopen(_ product: ProductID, lastTicket: Int64, fence: Fence) async throws -> Product

    // The orders that a worker looks after: those whose time is over, and those whose latest state the line does not show yet.

    /// Products with an order that is due, or that the line does not show as it is.
    func productsToSweep(limit: Int) async throws -> [ProductID]

    /// Lets orders run out whose time is over by the database's clock, and looks up what the line has to show.
    ///
    /// - Parameter limit: The most orders that run out, and the most that are looked up, in this call.
    func sweep(_ product: ProductID, fence: Fence, limit: Int) async throws -> OrderSweep

    /// Puts on record that the line shows these orders as they are in the sweep.
    func markShown(_ sweep: OrderSweep) async throws

    // Draws: the roster, and how far the draw has come.

    /// A product's draw as it is on record; nil when the product is not drawn.
    func draw(of product: ProductID) async throws -> DrawRecord?

    /// How much of the roster is on record.
    func rosterProgress(of product: ProductID) async throws -> RosterProgress

    /// Puts the roster's next page on record, unless it is there.
    func addRosterPage(_ page: RosterPage, of product: ProductID, fence: Fence) async throws

    /// Pages of the roster, in order.
    func rosterPages(of product: ProductID, from page: Int, limit: Int) async throws -> [RosterPage]

    /// Fixes the roster, unless it is fixed: from now on its root is public.
    func fixRoster(_ roster: FixedRoster, of product: ProductID, fence: Fence) async throws

    /// Makes the draw, unless it is made: from now on the seed is public.
    func markDrawn(_ product: ProductID, fence: Fence) async throws

    /// Puts on record that every drawn entrant has a place, or has lost it with the line.
    func markPlaced(_ product: ProductID, fence: Fence) async throws
}

/// Decisions in ticket order, as their users are to be shown them.
public struct OutcomePage: Hashable, Sendable {
    /// The page starts above this ticket.
    public var after: Int64
    /// The last ticket of the page, above which the next one starts; nil when this is the last page.
    public var lastTicket: Int64?
    /// An outcome of each ticket: its order's state, and for whoever was refused for an order that is over by now, that order.
    public var outcomes: [Decision]

    /// A page of outcomes.
    public init(after: Int64, lastTicket: Int64?, outcomes: [Decision]) {
        self.after = after
        self.lastTicket = lastTicket
        self.outcomes = outcomes
    }
}

/// A worker's right to serve a product.
public struct Lease: Hashable, Sendable {
    /// The product.
    public var product: ProductID
    /// Rises with each takeover.
    public var fence: Fence
    /// The product's version: a change means that the line has to hear of it.
    public var productVersion: Int64

    /// A right to serve a product.
    public init(product: ProductID, fence: Fence, productVersion: Int64) {
        self.product = product
        self.fence = fence
        self.productVersion = productVersion
    }
}

/// A claim whose decisions are committed.
public struct SettledClaim: Hashable, Sendable {
    /// Every decision of the claim, also those that an earlier attempt committed.
    public var decisions: [Decision]
    /// Entries that go back to the head of the line.
    public var waiting: [ClaimedEntry]
    /// The available stock after the commit.
    public var availableStock: Int
    /// Every ticket above this one is sold out.
    public var soldOutAfter: Int64?

    /// A claim whose decisions are committed.
    public init(decisions: [Decision], waiting: [ClaimedEntry], availableStock: Int, soldOutAfter: Int64?) {
        self.decisions = decisions
        self.waiting = waiting
        self.availableStock = availableStock
        self.soldOutAfter = soldOutAfter
    }
}

/// A commit whose reply never came.
///
/// Whoever gets this settles the same claim again: the books know what was decided.
public struct OutcomeUnknown: Error, Sendable, CustomStringConvertible {
    /// What the client library threw.
    public var cause: any Error

    /// A commit whose reply never came.
    public init(cause: any Error) { self.cause = cause }

    /// One line for a log.
    public var description: String { "the outcome of the commit is unknown: \(cause)" }
}

/// A claim holds a ticket that was decided for somebody else, or passed over: the line is an older copy of itself.
public struct OlderLine: Error, Sendable, CustomStringConvertible {
    /// The product.
    public var product: ProductID
    /// The ticket that was handed out twice.
    public var ticket: Ticket

    /// A line that has gone back in time.
    public init(product: ProductID, ticket: Ticket) {
        self.product = product
        self.ticket = ticket
    }

    /// One line for a log.
    public var description: String { "ticket \(ticket) of product \(product) was handed out before" }
}

/// A claim holds an entry that the books can never take.
public struct UnstorableEntry: Error, Sendable, CustomStringConvertible {
    /// What the client library threw.
    public var cause: any Error

    /// An entry that the books can never take.
    public init(cause: any Error) { self.cause = cause }

    /// One line for a log.
    public var description: String { "an entry can't be stored: \(cause)" }
}

/// What a sweep of one product's orders has found.
public struct OrderSweep: Hashable, Sendable {
    /// The product, with the stock that came back.
    public var product: Product
    /// How many orders ran out.
    public var expired: Int
    /// Orders that the line does not show as they are yet.
    public var changed: [Order]
    /// Whether more is to be done at once.
    public var isCutShort: Bool

    /// What a sweep has found.
    public init(product: Product, expired: Int, changed: [Order], isCutShort: Bool) {
        self.product = product
        self.expired = expired
        self.changed = changed
        self.isCutShort = isCutShort
    }
}
