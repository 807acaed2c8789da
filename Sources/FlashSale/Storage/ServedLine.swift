/// The line of every product, as the worker sees it.
///
/// Each call names the fence of the worker's lease, and a store that has seen a higher one throws ``Fenced``.
///
/// Throws ``StoreUnavailable`` when the line can't be reached; repeating a call is always right.
public protocol ServedLine: Sendable {
    /// Makes the rules and the state of a sale known to the line, unless it knows a newer version.
    ///
    /// - Parameter fence: The worker's lease; nil from an operator, who never writes the line's stock.
    func publish(_ product: Product, fence: Fence?) async throws -> PublishAnswer

    /// Makes room for a line that is about to be opened; whatever is there is none to anybody from now on.
    ///
    /// A line is prepared, its nonce goes on record, then it is opened. A worker that sleeps in between and wakes up after
    /// its lease opens nothing, even if Redis has lost its fence with all else: to put another nonce on record its successor
    /// has prepared a line too, and only the last one that was prepared can be opened.
    ///
    /// - Parameters:
    ///   - nonce: A line that has this nonce lives and stays as it is; nil drops any line.
    ///   - opening: The nonce that the line will have, never used before.
    /// - Returns: Whether it is prepared; false when it lives.
    func prepare(_ product: ProductID, unlessAlive nonce: String?, opening: String, fence: Fence) async throws -> Bool

    /// Opens the line that was prepared for the product's nonce, handing out tickets above `lastTicket`.
    ///
    /// Throws ``StoreUnavailable`` also when that line is gone, or another one has been prepared since.
    func open(_ product: Product, lastTicket: Int64) async throws

    /// Takes up to `limit` entries, or hands out the last claim again if it was never acknowledged.
    ///
    /// Entries of a batch that was split come one by one.
    ///
    /// - Parameters:
    ///   - limit: The most entries of the claim.
    ///   - dropLimit: The most entries that a sold-out line drops in this call.
    func claim(_ product: ProductID, fence: Fence, limit: Int, dropLimit: Int) async throws -> ClaimAnswer

    /// Ends a claim: outcomes are shown, carts are gone, waiting entries are back at the head of the line.
    func acknowledge(_ acknowledgement: Acknowledgement) async throws

    /// Ends a claim and takes the next one: as both calls one after the other, in one round trip.
    func acknowledge(_ acknowledgement: Acknowledgement, claiming limit: Int, dropLimit: Int) async throws
        -> ClaimAnswer

    /// Shows what became of orders, and the stock as it is; a user's younger ticket stays as it is.
    func show(_ orders: [Order], of product: Product, fence: Fence) async throws

    /// Shows a page of outcomes again that were lost with an older line; a user's younger ticket stays as it is.
    func rebuild(_ page: OutcomePage, of product: ProductID, fence: Fence) async throws

    /// Opens the line of a sold-out product again. Every ticket handed out so far counts as decided.
    func reopen(_ product: Product, fence: Fence) async throws

    /// Hands a stream of wake-ups to the body: products whose line or rules have changed. Wake-ups may be lost.
    func withWakeUps(_ body: (any AsyncSequence<ProductID, any Error>) async throws -> Void) async throws

    // A line that is drawn: what people have entered, and the places that they get.

    /// Ends entering, once its time has come by the line's clock.
    func closeEntries(of product: ProductID, fence: Fence) async throws -> EntriesAnswer

    /// Reads a page of what people have entered, in the order of entering; nil when the line is not there.
    ///
    /// - Parameters:
    ///   - before: How many entries were read before.
    ///   - limit: The most entries to read, 5,000 at most.
    func entries(of product: ProductID, fence: Fence, before: Int, limit: Int) async throws -> EntryPage?

    /// Gives a chunk of the drawn their places.
    ///
    /// - Returns: The rank of the first who has no place yet; nil when the line that the tickets are of is not there any more.
    func place(_ chunk: DrawnChunk, fence: Fence) async throws -> Int?

    /// Takes up to `limit` of the drawn, as ``claim(_:fence:limit:dropLimit:)`` takes those who came later.
    func claimDrawn(_ product: ProductID, fence: Fence, limit: Int, dropLimit: Int) async throws -> ClaimAnswer
}

/// What a line answers to its rules.
public enum PublishAnswer: Hashable, Sendable {
    /// The line knows the rules, and has handed out tickets up to this one. Outcomes of tickets above `rebuildAfter` are
    /// still to be shown again; nil when none are.
    case published(lastTicket: Int64, rebuildAfter: Int64?)
    /// The line is not there, or it is not the one whose nonce the product has.
    case missing
}

/// What a line answers to a claim.
public enum ClaimAnswer: Hashable, Sendable {
    /// Entries to settle.
    case claimed(Claim)
    /// Nobody waits.
    case empty
    /// The operator has stopped the line.
    case paused
    /// Sold out: entries were dropped, and so many are left to drop. `lastTicket` is the last one handed out.
    case soldOut(remaining: Int, lastTicket: Int64)
    /// The line is not there: its data was lost, or it was never opened.
    case missing
}

/// What ends a claim.
public struct Acknowledgement: Hashable, Sendable {
    /// The product.
    public var product: ProductID
    /// The worker's fence.
    public var fence: Fence
    /// The claim that ends.
    public var claimNumber: Int64
    /// Every decision of the claim, committed before.
    public var decisions: [Decision]
    /// Entries that go back to the head of the line.
    public var waiting: [ClaimedEntry]
    /// The available stock after the commit.
    public var availableStock: Int
    /// Every ticket above this one is sold out.
    public var soldOutAfter: Int64?
    /// Whether the waiting entries are handed out one by one from now on, because one of them breaks its batch.
    public var isSplit = false
    /// Whether the claim came from the list of the drawn, where waiting entries go back to.
    public var isOfDrawn = false

    /// Ends a claim.
    public init(
        product: ProductID,
        fence: Fence,
        claimNumber: Int64,
        decisions: [Decision],
        waiting: [ClaimedEntry],
        availableStock: Int,
        soldOutAfter: Int64?
    ) {
        self.product = product
        self.fence = fence
        self.claimNumber = claimNumber
        self.decisions = decisions
        self.waiting = waiting
        self.availableStock = availableStock
        self.soldOutAfter = soldOutAfter
    }

    /// Ends a claim that can't be settled: whoever is not decided goes back to the head of the line, to be handed out alone.
    ///
    /// - Parameters:
    ///   - claim: The claim.
    ///   - decided: What an earlier attempt has committed of it.
    ///   - settled: The stock as it is.
    ///   - lease: The worker's lease.
    public init(splitting claim: Claim, decided: [Decision], _ settled: SettledClaim, lease: Lease) {
        let known = Set(decided.map(\.ticket))
        self.init(
            product: lease.product,
            fence: lease.fence,
            claimNumber: claim.number,
            decisions: decided,
            waiting: claim.entries.filter { !known.contains($0.ticket) }.sorted { $0.ticket < $1.ticket },
            availableStock: settled.availableStock,
            soldOutAfter: settled.soldOutAfter
        )
        isSplit = true
    }

    /// Ends a claim whose decisions are committed.
    public init(of claim: Claim, _ settled: SettledClaim, lease: Lease) {
        self.init(
            product: lease.product,
            fence: lease.fence,
            claimNumber: claim.number,
            decisions: settled.decisions,
            waiting: settled.waiting,
            availableStock: settled.availableStock,
            soldOutAfter: settled.soldOutAfter
        )
    }
}

/// The number of a lease: it rises with each takeover, and the higher one wins.
public struct Fence: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let rawValue: Int64

    /// The fence of a lease.
    public init(_ rawValue: Int64) { self.rawValue = rawValue }

    /// The decimal spelling.
    public var description: String { String(rawValue) }

    /// The older fence first.
    public static func < (left: Fence, right: Fence) -> Bool { left.rawValue < right.rawValue }
}

/// Another worker has taken the product over.
///
/// Whoever gets this stops serving it at once.
public struct Fenced: Error, Sendable, CustomStringConvertible {
    /// The product that was taken over.
    public var product: ProductID
    /// The fence that is no longer good.
    public var fence: Fence

    /// A fence that is no longer good.
    public init(product: ProductID, fence: Fence) {
        self.product = product
        self.fence = fence
    }

    /// One line for a log.
    public var description: String { "product \(product) was taken over from fence \(fence)" }
}
