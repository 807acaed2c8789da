/// The line of every product, as the API sees it.
///
/// Its only writes are places in line; it never touches stock.
///
/// Every method fails with ``StoreUnavailable`` when the line can't be reached. The outcome of a call that failed is
/// unknown; calling again is always right.
///
/// The two calls that a crowd makes take a callback: a caller on an event loop needs no task for them, and shares one
/// command with all who call in the same tick. The callback is called exactly once, perhaps before the call returns: on the
/// caller's event loop if the caller runs on one, else on any thread.
public protocol PurchaseLine: Sendable {
    /// Takes a place in line, or finds the one that the user has.
    func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void)

    /// Where the user stands; nil when the user neither waits nor was ever decided. Fails with ``UnknownSale`` too.
    ///
    /// - Parameters:
    ///   - user: Who asks.
    ///   - product: For which product.
    ///   - renewsCart: Whether a cart with less than half of its life left is given a whole life again.
    ///   - answer: The callback.
    func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    )

    /// Gives the place up. Throws ``UnknownSale`` too.
    func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer
}

/// The same calls for tasks.
///
/// A task that is cancelled while it waits gets its answer all the same, within the store's time limit: what it asked for
/// may have been done, and others wait for the same command.
extension PurchaseLine {
    /// Takes a place in line, or finds the one that the user has.
    public func join(_ request: JoinRequest) async throws -> JoinAnswer {
        try await withCheckedThrowingContinuation { continuation in
            join(request) { continuation.resume(with: $0) }
        }
    }

    /// Where the user stands; nil when the user neither waits nor was ever decided.
    ///
    /// Throws ``UnknownSale`` too.
    /// - Parameter renewsCart: Whether a cart with less than half of its life left is given a whole life again.
    public func standing(of user: UserID, for product: ProductID, renewsCart: Bool) async throws -> Standing? {
        try await withCheckedThrowingContinuation { continuation in
            standing(of: user, for: product, renewsCart: renewsCart) { continuation.resume(with: $0) }
        }
    }
}

/// A user's wish to buy.
public struct JoinRequest: Hashable, Sendable {
    /// The product to buy.
    public var product: ProductID
    /// Who buys.
    public var user: UserID
    /// How many units.
    public var quantity: Int

    /// A wish to buy `quantity` units.
    public init(product: ProductID, user: UserID, quantity: Int) {
        self.product = product
        self.user = user
        self.quantity = quantity
    }
}

/// What became of a wish to buy.
public enum JoinAnswer: Hashable, Sendable {
    /// A new place at the end of the line.
    case joined(Standing)
    /// The user waits already, at this place.
    case alreadyInLine(Standing)
    /// The user's order exists already.
    case alreadyDecided(Standing)
    /// No place was given.
    case refused(JoinRefusal)
}

/// Why no place was given.
public enum JoinRefusal: Hashable, Sendable {
    /// Redis knows no sale of this number.
    case unknownProduct
    /// Joining has not started.
    case notOpenYet(opensAt: Timestamp)
    /// Joining has ended.
    case closed(closedAt: Timestamp)
    /// The operator has stopped the line for a while.
    case paused
    /// The last unit is gone for good.
    case soldOut
    /// The user was told before that they have an order of this product.
    case alreadyPurchased(order: OrderID?)
    /// More units than one user may order.
    case quantityTooHigh(maximum: Int)
    /// As many wait as may wait.
    case queueFull(maximum: Int)
    /// The user asked again too often.
    case rateLimited(retryAfterSeconds: Int)
}

/// Where a user stands with a product at one moment.
public struct Standing: Hashable, Sendable {
    /// The state.
    public var status: PurchaseStatus
    /// The product.
    public var product: ProductID
    /// The user.
    public var user: UserID
    /// The user's place; it never changes.
    ///
    /// For `entered`: the number of the entry, which is no place.
    public var ticket: Ticket
    /// The units that were asked for when the place was taken.
    public var quantity: Int
    /// The order this place became or will become.
    ///
    /// For `already_purchased`: the order that the user has.
    public var order: OrderID
    /// The place that was decided last: ``ticket`` − `servedTicket` is the position.
    public var servedTicket: Int64
    /// The place that was handed out last.
    public var lastTicket: Int64
    /// When the cart runs out unless it is renewed; nil when the user does not wait.
    public var cartExpiresAt: Timestamp?
    /// The state of the sale, so that a paused line does not look like a slow one.
    public var saleState: SaleState
    /// What is left of the stock, so that a line that waits for held units says so.
    public var stockState: StockState
    /// The draw that the user has entered; only for `entered`.
    public var draw: PendingDraw?

    /// Describes where a user stands.
    public init(
        status: PurchaseStatus,
        product: ProductID,
        user: UserID,
        ticket: Ticket,
        quantity: Int,
        order: OrderID,
        servedTicket: Int64,
        lastTicket: Int64,
        cartExpiresAt: Timestamp?,
        saleState: SaleState,
        stockState: StockState,
        draw: PendingDraw? = nil
    ) {
        self.status = status
        self.product = product
        self.user = user
        self.ticket = ticket
        self.quantity = quantity
        self.order = order
        self.servedTicket = servedTicket
        self.lastTicket = lastTicket
        self.cartExpiresAt = cartExpiresAt
        self.saleState = saleState
        self.stockState = stockState
        self.draw = draw
    }

    /// How many places lie between the user and being served, the own one included: 1 is next.
    ///
    /// Nil once decided.
    public var position: Int64? { status == .queued ? max(1, ticket.rawValue - servedTicket) : nil }
}

/// A draw that is still to come, as whoever has entered sees it.
public struct PendingDraw: Hashable, Sendable {
    /// How many have entered so far.
    public var entrants: Int64
    /// When entering ends, and the draw is made.
    public var drawAt: Timestamp

    /// A draw that is still to come.
    public init(entrants: Int64, drawAt: Timestamp) {
        self.entrants = entrants
        self.drawAt = drawAt
    }
}

/// What became of a wish to leave.
public enum LeaveAnswer: Hashable, Sendable {
    /// The place is given up (now or before).
    case left
    /// The user has no place and no outcome.
    case notInLine
    /// The place is being served or was decided: too late to leave.
    case alreadyDecided(PurchaseStatus?)
}

/// A store that can't be reached, is full, or has lost its data.
///
/// Nothing is known of what the call did.
public struct StoreUnavailable: Error, Sendable, CustomStringConvertible {
    /// Which store, and what it said; for logs, not for shoppers.
    public var reason: String
    /// What the client library threw.
    public var cause: (any Error)?
    /// When to ask again, at the earliest; nil when nothing is known of it.
    public var retryAfter: Duration?

    /// A store that can't be reached.
    public init(reason: String, cause: (any Error)? = nil, retryAfter: Duration? = nil) {
        self.reason = reason
        self.cause = cause
        self.retryAfter = retryAfter
    }

    /// One line for a log.
    public var description: String { cause.map { "\(reason): \($0)" } ?? reason }
}

/// Redis knows no sale of this number: the product does not exist, or its line is being opened.
public struct UnknownSale: Error, Sendable, CustomStringConvertible {
    /// The product.
    public var product: ProductID

    /// A sale that Redis does not know.
    public init(product: ProductID) { self.product = product }

    /// One line for a log.
    public var description: String { "Redis knows no sale of product \(product)" }
}
