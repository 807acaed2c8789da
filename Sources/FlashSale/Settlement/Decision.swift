/// What was decided about one ticket.
///
/// It never changes.
public struct Decision: Hashable, Sendable {
    /// The ticket.
    public var ticket: Ticket
    /// Who held it.
    public var user: UserID
    /// The units asked for.
    public var quantity: Int
    /// The state that the decision puts the user in.
    public var status: PurchaseStatus
    /// The ticket of the order that the user has; nil without one.
    public var order: Ticket?

    /// A decision about a ticket.
    public init(ticket: Ticket, user: UserID, quantity: Int, status: PurchaseStatus, order: Ticket? = nil) {
        self.ticket = ticket
        self.user = user
        self.quantity = quantity
        self.status = status
        self.order = order
    }

    init(_ entry: ClaimedEntry, _ status: PurchaseStatus, order: Ticket? = nil) {
        self.init(ticket: entry.ticket, user: entry.user, quantity: entry.quantity, status: status, order: order)
    }

    /// Whether the ticket became an order, whatever has become of that since.
    public var makesOrder: Bool { order == ticket }
}

extension ClaimedEntry {
    /// What the sold-out range above a ticket decides of the entry, without a row of its own; nil below the range.
    public func soldOut(after ticket: Int64?) -> Decision? {
        guard let ticket, self.ticket.rawValue > ticket else { return nil }
        return Decision(self, .soldOut)
    }
}
