import FlashSale

/// What one rehearsal does, checked.
struct RehearsalPlan: Sendable, Equatable {
    /// How people come.
    enum Arrival: String, Sendable, CaseIterable {
        /// All at once.
        case burst
        /// Few at first, ever more until the end.
        case ramp
        /// As many in each second.
        case steady
    }

    /// What goes wrong in the middle.
    enum Disturbance: String, Sendable, CaseIterable {
        case none
        /// The operator pauses the product.
        case pause
        /// The product's row is locked in the database, again and again.
        case slowDatabase = "slow-database"
    }

    let users: Int
    let arrival: Arrival
    /// From the first arrival to the last; nothing for a burst.
    let over: Duration
    /// The share of those with an order who pay for it, 0 to 1.
    let pay: Double
    /// The share of people who give up while they wait, 0 to 1.
    let abandon: Double
    let product: NewProduct
    let seed: UInt64
    /// Requests under way at once, at most.
    let connections: Int
    let disturbance: Disturbance
    let disturbedFor: Duration
    /// When the rehearsal ends, finished or not.
    let deadline: Duration

    /// Units on sale.
    var stock: Int { product.stock }
}
