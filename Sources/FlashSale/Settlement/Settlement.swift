/// The rules that turn a batch of entries into decisions: strict order of tickets, never more than the stock, one live order per user.
///
/// A pure function of what was read under the product's lock.
public struct Settlement: Hashable, Sendable {
    /// One decision for each entry that got one, in the order of tickets.
    ///
    /// Decisions of an earlier attempt are not repeated.
    public var decisions: [Decision] = []
    /// Decisions that an earlier attempt committed: they only need to be acknowledged.
    public var alreadyDecided: [Decision] = []
    /// Entries that go back to the head of the line, because units that others hold could still come free for the first.
    public var waiting: [ClaimedEntry] = []
    /// Units that the decisions take from the available stock.
    public var unitsTaken = 0
    /// Every ticket above this one is sold out; nil while a unit is available or held.
    public var soldOutAfter: Int64?

    /// What is read under the product's row lock.
    public struct Facts: Hashable, Sendable {
        /// Units that nobody has bought or holds.
        public var available: Int
        /// Units in orders that are not final: they could come free.
        public var held: Int
        /// Where an order starts its life.
        public var checkout: Checkout
        /// Users among the batch who have a live order, with the order's ticket.
        public var liveOrders: [UserID: Ticket]
        /// Tickets of the batch that were decided by an earlier attempt.
        public var decided: [Ticket: Decision]

        /// Facts for one batch.
        public init(
            available: Int,
            held: Int,
            checkout: Checkout,
            liveOrders: [UserID: Ticket] = [:],
            decided: [Ticket: Decision] = [:]
        ) {
            self.available = available
            self.held = held
            self.checkout = checkout
            self.liveOrders = liveOrders
            self.decided = decided
        }
    }

    /// Decides a batch.
    ///
    /// - Parameters:
    ///   - entries: The claimed entries, in any order.
    ///   - facts: What the database says, read under the product's lock.
    public init(of entries: [ClaimedEntry], facts: Facts) {
        var available = facts.available
        var held = facts.held
        var liveOrders = facts.liveOrders
        let ordered = entries.sorted { $0.ticket < $1.ticket }
        var lastDecided: Ticket?

        for (index, entry) in ordered.enumerated() {
            if let earlier = facts.decided[entry.ticket] {
                alreadyDecided.append(earlier)
                lastDecided = entry.ticket
                continue
            }
            guard let decision = Self.decide(entry, available, held, facts.checkout, liveOrders) else {
                waiting = Array(ordered[index...])
                break
            }
            if decision.status.hasOrder {
                available -= entry.quantity
                unitsTaken += entry.quantity
                held += decision.status == .completed ? 0 : entry.quantity
                liveOrders[entry.user] = entry.ticket
            }
            decisions.append(decision)
            lastDecided = entry.ticket
        }
        if available == 0, held == 0, waiting.isEmpty, let lastDecided { soldOutAfter = lastDecided.rawValue }
    }

    /// Nil when the entry has to wait.
    private static func decide(
        _ entry: ClaimedEntry,
        _ available: Int,
        _ held: Int,
        _ checkout: Checkout,
        _ liveOrders: [UserID: Ticket]
    ) -> Decision? {
        switch entry.cart {
        case .left: return Decision(entry, .left)
        case .expired: return Decision(entry, .cartExpired)
        case .live: break
        }
        if let order = liveOrders[entry.user] { return Decision(entry, .alreadyPurchased, order: order) }
        if entry.quantity <= available { return Decision(entry, checkout.firstStatus, order: entry.ticket) }
        return entry.quantity <= available + held ? nil : Decision(entry, .soldOut)
    }
}

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
}

extension Checkout {
    /// The state of a fresh order.
    public var firstStatus: PurchaseStatus {
        switch self {
        case .instant: .completed
        case .payment: .pending
        case .hold: .held
        }
    }
}
