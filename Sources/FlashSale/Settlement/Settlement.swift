/// The rules that turn a batch of entries into decisions: strict order of tickets, never more than the stock, one live order per user.
///
/// A pure function of what was read under the product's lock.
public struct Settlement: Hashable, Sendable {
    /// One decision for each entry that got one, in the order of tickets.
    ///
    /// Decisions of an earlier attempt are not repeated.
    public private(set) var decisions: [Decision] = []
    /// The orders that the decisions make.
    public private(set) var orders: [NewOrder] = []
    /// Decisions that need no row: an earlier attempt committed them, or their tickets lie in the range that is sold out.
    ///
    /// They only need to be acknowledged.
    public private(set) var alreadyDecided: [Decision] = []
    /// Entries that go back to the head of the line, because units that others hold could still come free for the first.
    public private(set) var waiting: [ClaimedEntry] = []
    /// Units that the new orders take from the available stock, before any early payment event gives some back.
    public private(set) var unitsOrdered = 0
    /// The available stock after the batch.
    public private(set) var available: Int
    /// What became of payment events that were there before their tickets were decided, in the order of the events.
    public private(set) var earlyAnswers: [Ticket: [OrderTransition.Answer]] = [:]
    /// Every ticket above this one is sold out; nil while a unit is available or held.
    public private(set) var soldOutAfter: Int64?

    /// What the batch takes from the available stock in the end.
    public var unitsTaken: Int { facts.available - available }

    private var held: Int
    private var liveOrders: [UserID: Ticket]
    private let facts: Facts

    /// Decides a batch.
    ///
    /// - Parameters:
    ///   - entries: The claimed entries, in any order.
    ///   - facts: What the database says, read under the product's lock.
    public init(of entries: [ClaimedEntry], facts: Facts) {
        self.facts = facts
        available = facts.available
        held = facts.held
        liveOrders = facts.liveOrders
        let ordered = entries.sorted { $0.ticket < $1.ticket }
        var lastDecided: Ticket?
        for (index, entry) in ordered.enumerated() {
            if let earlier = facts.decision(of: entry) {
                alreadyDecided.append(earlier)
            } else if let decision = decision(of: entry) {
                take(decision)
            } else {
                waiting = Array(ordered[index...])
                break
            }
            lastDecided = entry.ticket
        }
        // A batch that only repeats what is decided says nothing of the tickets behind it.
        if available == 0, held == 0, waiting.isEmpty, !decisions.isEmpty, let lastDecided {
            soldOutAfter = lastDecided.rawValue
        }
        if let earlier = facts.soldOutAfter { soldOutAfter = earlier }
    }

    /// Nil when the entry has to wait.
    private func decision(of entry: ClaimedEntry) -> Decision? {
        switch entry.cart {
        case .left: return Decision(entry, .left)
        case .expired: return Decision(entry, .cartExpired)
        case .live: break
        }
        if let order = liveOrders[entry.user] { return Decision(entry, .alreadyPurchased, order: order) }
        if entry.quantity <= available {
            let state = OrderState(fresh: facts.checkout)
            return Decision(entry, state.status.purchaseStatus, order: entry.ticket)
        }
        return entry.quantity <= available + held ? nil : Decision(entry, .soldOut)
    }

    private mutating func take(_ decision: Decision) {
        let events = facts.earlyEvents[decision.ticket] ?? []
        guard decision.makesOrder else {
            decisions.append(decision)
            let answers = events.map { OrderTransition($0, on: nil, willNeverExist: true).answer }
            if !answers.isEmpty { earlyAnswers[decision.ticket] = answers }
            return
        }
        var order = NewOrder(decision: decision, state: OrderState(fresh: facts.checkout))
        unitsOrdered += decision.quantity
        available -= decision.quantity
        for event in events {
            // Whoever was given the units a moment ago and lost them by a failed payment can still take them.
            order.apply(OrderTransition(event, on: order.state, canTakeAgain: decision.quantity <= available))
            available += order.transitions.last?.units(of: decision.quantity) ?? 0
        }
        if !events.isEmpty { earlyAnswers[decision.ticket] = order.transitions.map(\.answer) }
        if order.state.status.isLive {
            liveOrders[decision.user] = decision.ticket
            if order.state.status != .completed { held += decision.quantity }
        }
        orders.append(order)
        decisions.append(order.decision)
    }
}

extension Settlement {
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
        /// Payment events that came before their order, by ticket, the first one first.
        public var earlyEvents: [Ticket: [OrderEvent]]
        /// Every ticket above this one was sold out before.
        public var soldOutAfter: Int64?

        /// Facts for one batch.
        public init(
            available: Int,
            held: Int,
            checkout: Checkout,
            liveOrders: [UserID: Ticket] = [:],
            decided: [Ticket: Decision] = [:],
            earlyEvents: [Ticket: [OrderEvent]] = [:],
            soldOutAfter: Int64? = nil
        ) {
            self.available = available
            self.held = held
            self.checkout = checkout
            self.liveOrders = liveOrders
            self.decided = decided
            self.earlyEvents = earlyEvents
            self.soldOutAfter = soldOutAfter
        }

        /// A decision that needs no row.
        fileprivate func decision(of entry: ClaimedEntry) -> Decision? {
            if let earlier = decided[entry.ticket] { return earlier }
            return entry.soldOut(after: soldOutAfter)
        }
    }

    /// An order that a decision makes, with all that early payment events have done to it.
    public struct NewOrder: Hashable, Sendable {
        /// The decision, with the state that the user is in now.
        public private(set) var decision: Decision
        /// The order's state, after its early events.
        public private(set) var state: OrderState
        /// What early payment events did, in their order.
        public private(set) var transitions: [OrderTransition] = []

        fileprivate init(decision: Decision, state: OrderState) {
            self.decision = decision
            self.state = state
        }

        fileprivate mutating func apply(_ transition: OrderTransition) {
            transitions.append(transition)
            state = transition.state ?? state
            decision.status = state.status.purchaseStatus
        }

        /// What the shop is told: only how it stands after the batch.
        public var message: OutboxEvent? {
            switch state.status {
            case .held: .held
            case .pending: nil
            case .completed: .completed
            case .cancelled: .cancelled
            case .expired: .expired
            case .refundDue: .refundDue
            }
        }
    }
}
