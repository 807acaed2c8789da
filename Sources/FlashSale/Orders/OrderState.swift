/// Where an order stands.
///
/// The words are those of ``PurchaseStatus``: a user with an order stands where the order stands.
public enum OrderStatus: String, Sendable, CaseIterable {
    /// The units are the user's until the hold runs out.
    case held
    /// Checked out, not yet paid.
    case pending
    /// Bought.
    case completed
    /// The payment failed, or the user gave the hold back.
    case cancelled
    /// The hold or the time to pay ran out.
    case expired
    /// Paid when the units were no longer there: the money goes back.
    case refundDue = "refund_due"

    /// Whether units are set aside for the order: such a user can't join again.
    public var isLive: Bool {
        switch self {
        case .held, .pending, .completed: true
        case .cancelled, .expired, .refundDue: false
        }
    }

    /// The same state as a user's standing.
    public var purchaseStatus: PurchaseStatus {
        switch self {
        case .held: .held
        case .pending: .pending
        case .completed: .completed
        case .cancelled: .cancelled
        case .expired: .expired
        case .refundDue: .refundDue
        }
    }
}

/// Everything about an order that decides what may become of it.
public struct OrderState: Hashable, Sendable {
    /// Where it stands.
    public var status: OrderStatus
    /// Whether it began as a hold.
    public var wasHeld: Bool
    /// Whether its user has checked out; true from the start where there is no hold.
    public var isCheckedOut: Bool
    /// Whether a payment was received for it.
    public var isPaid: Bool

    /// An order in some state.
    public init(status: OrderStatus, wasHeld: Bool, isCheckedOut: Bool, isPaid: Bool) {
        self.status = status
        self.wasHeld = wasHeld
        self.isCheckedOut = isCheckedOut
        self.isPaid = isPaid
    }

    /// A fresh order of a product with this checkout.
    public init(fresh checkout: Checkout) {
        switch checkout {
        case .instant: self.init(status: .completed, wasHeld: false, isCheckedOut: true, isPaid: false)
        case .payment: self.init(status: .pending, wasHeld: false, isCheckedOut: true, isPaid: false)
        case .hold: self.init(status: .held, wasHeld: true, isCheckedOut: false, isPaid: false)
        }
    }
}

/// What can happen to an order.
public enum OrderEvent: String, Sendable, CaseIterable {
    /// The user turns the hold into an order.
    case checkout
    /// The payment provider says that the order is paid.
    case paid
    /// The payment provider says that the payment failed.
    case failed
    /// The hold, or the time to pay, has run out by the database's clock.
    case expired
    /// The user gives the hold back.
    case givenBack = "given_back"
}
