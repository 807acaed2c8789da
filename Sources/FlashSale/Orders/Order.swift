/// What a ticket became: a hold, then an order, in one row and under one name.
public struct Order: Hashable, Sendable {
    /// `PRODUCT-TICKET`; a hold and the order it becomes share it.
    public var id: OrderID
    /// Who buys.
    public var user: UserID
    /// The units.
    public var quantity: Int
    /// What one unit costs: the price in force when the ticket was handed out.
    public var unitPrice: Money
    /// Where it stands, and how it got there.
    public var state: OrderState
    /// When the worker decided it.
    public var createdAt: Timestamp
    /// When the hold ran or runs out; nil when it never was one.
    public var holdExpiresAt: Timestamp?
    /// When a hold or a pending order runs out; nil once that can't happen any more.
    public var expiresAt: Timestamp?
    /// When the hold was checked out.
    public var checkedOutAt: Timestamp?
    /// When the payment was received.
    public var paidAt: Timestamp?
    /// When it was completed, cancelled, or ran out; the latest of these.
    public var endedAt: Timestamp?

    /// An order as stored.
    public init(
        id: OrderID,
        user: UserID,
        quantity: Int,
        unitPrice: Money,
        state: OrderState,
        createdAt: Timestamp,
        holdExpiresAt: Timestamp? = nil,
        expiresAt: Timestamp? = nil,
        checkedOutAt: Timestamp? = nil,
        paidAt: Timestamp? = nil,
        endedAt: Timestamp? = nil
    ) {
        self.id = id
        self.user = user
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.state = state
        self.createdAt = createdAt
        self.holdExpiresAt = holdExpiresAt
        self.expiresAt = expiresAt
        self.checkedOutAt = checkedOutAt
        self.paidAt = paidAt
        self.endedAt = endedAt
    }

    /// Where it stands.
    public var status: OrderStatus { state.status }

    /// What has to be paid: unit price × quantity, in the currency's minor unit.
    ///
    /// At most 10^18: prices end at 10^12 minor units, quantities at 10^6.
    public var amount: Int64 { unitPrice.minorUnits * Int64(quantity) }

    /// As a user's standing shows it.
    public var decision: Decision {
        Decision(
            ticket: id.ticket,
            user: user,
            quantity: quantity,
            status: state.status.purchaseStatus,
            order: id.ticket
        )
    }
}
