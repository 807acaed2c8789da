/// What is sold, and the rules of its sale.
///
/// A copy of one row of MariaDB at one version.
public struct Product: Hashable, Sendable {
    /// The product's number.
    public var id: ProductID
    /// What people call it.
    public var name: String
    /// What one unit costs.
    public var price: Money
    /// Units that were ever put on sale.
    public var totalStock: Int
    /// Units that nobody has bought or holds.
    public var availableStock: Int
    /// Where an ordered ticket enters the order's life.
    public var checkout: Checkout
    /// How places in line are given.
    public var access: Access
    /// Whether the operator lets the line move.
    public var isPaused: Bool
    /// When joining starts; nil: from the beginning.
    public var opensAt: Timestamp?
    /// When joining ends; nil: never.
    public var closesAt: Timestamp?
    /// The limits of the line.
    public var limits: Limits
    /// Every ticket above this one is sold out; nil while units can still come free.
    public var soldOutAfter: Int64?
    /// Rises with every change an operator makes.
    public var version: Int64
    /// Names the line's data in Redis; nil until the line was opened once.
    public var nonce: String?

    /// A product as stored.
    public init(
        id: ProductID,
        name: String,
        price: Money,
        totalStock: Int,
        availableStock: Int,
        checkout: Checkout,
        isPaused: Bool,
        opensAt: Timestamp?,
        closesAt: Timestamp?,
        limits: Limits,
        soldOutAfter: Int64?,
        version: Int64,
        nonce: String?,
        access: Access = .fifo
    ) {
        self.id = id
        self.name = name
        self.price = price
        self.totalStock = totalStock
        self.availableStock = availableStock
        self.checkout = checkout
        self.isPaused = isPaused
        self.opensAt = opensAt
        self.closesAt = closesAt
        self.limits = limits
        self.soldOutAfter = soldOutAfter
        self.version = version
        self.nonce = nonce
        self.access = access
    }

    /// The state that people see at a given time.
    public func saleState(at now: Timestamp) -> SaleState {
        if soldOutAfter != nil { return .soldOut }
        if let closesAt, now >= closesAt { return .closed }
        if isPaused { return .paused }
        if let opensAt, now < opensAt { return .upcoming }
        return .open
    }
}

extension Product {
    /// What is left of the stock, as people see it.
    public var stockState: StockState {
        if soldOutAfter != nil { return .soldOut }
        return availableStock > 0 ? .available : .allHeld
    }

    /// The limits of a product's line.
    ///
    /// All are set per product.
    public struct Limits: Hashable, Sendable {
        /// The most units one user may order.
        public var maxPerUser: Int
        /// The most users that may wait.
        public var maxQueue: Int
        /// How long a cart lives, in seconds.
        public var cartSeconds: Int
        /// How long a hold lives, in seconds.
        public var holdSeconds: Int
        /// How long a pending order waits for its payment, in seconds.
        public var paymentSeconds: Int

        /// The limits of a line; the defaults are those of a product that says nothing.
        public init(
            maxPerUser: Int = 1,
            maxQueue: Int = 10_000,
            cartSeconds: Int = 300,
            holdSeconds: Int = 120,
            paymentSeconds: Int = 900
        ) {
            self.maxPerUser = maxPerUser
            self.maxQueue = maxQueue
            self.cartSeconds = cartSeconds
            self.holdSeconds = holdSeconds
            self.paymentSeconds = paymentSeconds
        }
    }
}

/// Where an ordered ticket enters the order's life.
public enum Checkout: String, Sendable, CaseIterable {
    /// The order is complete with the worker's decision.
    case instant
    /// The order waits for a payment.
    case payment
    /// The unit is held until the user checks out.
    case hold
}

/// What a shopper may expect of a sale now.
public enum SaleState: String, Sendable, CaseIterable {
    /// Joining has not started.
    case upcoming
    /// The line takes people and moves.
    case open
    /// The operator has stopped the line for a while.
    case paused
    /// The last unit is gone for good.
    case soldOut = "sold_out"
    /// Joining has ended.
    case closed
}

/// What is left of a product's stock.
public enum StockState: String, Sendable, CaseIterable {
    /// Units that nobody has bought or holds.
    case available
    /// Every remaining unit is in an order that is not paid yet: some may still come free, so the line waits.
    case allHeld = "all_held"
    /// The last unit is gone for good.
    case soldOut = "sold_out"
}
