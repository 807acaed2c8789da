public import FlashSale

/// What the console shows at one moment.
public struct ConsoleMoment: Sendable {
    /// One of the stores, or the breaker in front of it, as this API process sees it.
    public struct Check: Sendable {
        /// Its name, such as `redis_breaker`.
        public var name: String
        /// Whether it works.
        public var isWorking: Bool
        /// The state it is in.
        public var detail: String

        /// One of the stores, or the breaker in front of it.
        public init(name: String, isWorking: Bool, detail: String) {
            self.name = name
            self.isWorking = isWorking
            self.detail = detail
        }
    }

    /// Every sale.
    public var overview: OperatorOverview
    /// The stores and their breakers.
    public var checks: [Check]

    /// What the console shows at one moment.
    public init(overview: OperatorOverview, checks: [Check]) {
        self.overview = overview
        self.checks = checks
    }

    /// One of the sales.
    public func sale(_ product: ProductID) -> SaleSight? { overview.sales.first { $0.product.id == product } }
}
