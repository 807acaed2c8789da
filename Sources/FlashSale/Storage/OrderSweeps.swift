/// The orders that a worker looks after: those whose time is over, and those whose latest state the line does not show yet.
///
/// Throws as ``SaleBooks`` does; repeating a call is always right.
public protocol OrderSweeps: Sendable {
    /// Products with an order that is due, or that the line does not show as it is.
    func productsToSweep(limit: Int) async throws -> [ProductID]

    /// Lets orders run out whose time is over by the database's clock, and looks up what the line has to show.
    ///
    /// - Parameter limit: The most orders that run out, and the most that are looked up, in this call.
    func sweep(_ product: ProductID, fence: Fence, limit: Int) async throws -> OrderSweep

    /// Puts on record that the line shows these orders as they are in the sweep.
    func markShown(_ sweep: OrderSweep) async throws
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
