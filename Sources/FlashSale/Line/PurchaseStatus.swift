/// Where a user stands with a product.
///
/// One word for one state, the same in Redis, in MariaDB's decisions and in JSON.
public enum PurchaseStatus: String, Sendable, CaseIterable {
    /// Entered for the draw, which is still to come.
    case entered
    /// Waiting in line.
    case queued
    /// The unit is the user's until the hold runs out.
    case held
    /// Ordered, not yet paid.
    case pending
    /// Bought.
    case completed
    /// The user left the line.
    case left
    /// The cart ran out before its turn came.
    case cartExpired = "cart_expired"
    /// Nothing was left that could cover the order.
    case soldOut = "sold_out"
    /// The payment failed.
    case cancelled
    /// The hold or the time to pay ran out.
    case expired
    /// The user already has an order of this product.
    case alreadyPurchased = "already_purchased"
    /// Paid too late, with nothing left: the money goes back.
    case refundDue = "refund_due"
    /// The entry could not be processed; a person looks at it.
    case failed

    /// Whether the user has a unit, or the promise of one: such a user can't join again.
    public var hasOrder: Bool {
        switch self {
        case .held, .pending, .completed: true
        case .entered, .queued, .left, .cartExpired, .soldOut, .cancelled, .expired, .alreadyPurchased, .refundDue,
            .failed:
            false
        }
    }
}
