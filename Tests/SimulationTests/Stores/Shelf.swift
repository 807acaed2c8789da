import FlashSale

/// What MariaDB keeps of one product: its row, and its rows in the other tables.
struct Shelf {
    var product: Product
    var lease = LeaseRow()
    /// Rising by first ticket.
    var prices: [(fromTicket: Int64, price: Money)]
    var isPricePending = false
    /// In the order in which they were made.
    var decisions: [DecisionRow] = []
    /// Where a ticket's decision stands in ``decisions``.
    var decisionIndex: [Int64: Int] = [:]
    /// By rising ticket.
    var orders: [OrderRow] = []
    var ranges: [TicketRange] = []
    var ledger: [LedgerRow] = []
    var events: [EventRow] = []
    var messages: [MessageRow] = []
    var deadLetters: [DeadLetterRow] = []
    /// Nil where nothing is drawn.
    var draw: DrawRecord?
    var rosterPages: [RosterPage] = []

    struct LeaseRow {
        var fence: Int64 = 0
        var holder: String?
        var until: Int64 = 0
    }

    struct DecisionRow {
        var decision: Decision
        var fence: Int64
    }

    struct OrderRow {
        var order: Order
        /// Whether Redis may not show the order's latest state.
        var isUnshown = false
    }

    struct TicketRange {
        enum Outcome { case soldOut, lost, undrawn }

        var from: Int64
        /// Nil while the range is open.
        var to: Int64?
        var outcome: Outcome

        func contains(_ ticket: Int64) -> Bool { ticket >= from && ticket <= to ?? .max }
    }

    struct LedgerRow {
        var delta: Int
        /// The order whose units moved; nil for a batch or an operator.
        var ticket: Ticket?
    }

    struct EventRow {
        var event: PaymentEvent
        var result: PaymentResult
    }

    struct MessageRow {
        var ticket: Ticket
        var event: OutboxEvent
        /// The payment event behind it.
        var payment: String?
    }

    struct DeadLetterRow {
        var batch: Int64
        var position: Int
        /// Nil for bytes that nobody can read.
        var ticket: Ticket?
    }
}

extension Shelf {
    /// Units in orders that are not final.
    var held: Int {
        var held = 0
        for row in orders where row.order.status == .held || row.order.status == .pending { held += row.order.quantity }
        return held
    }

    /// Whether the ticket has a row, or lies in a range.
    func isDecided(_ ticket: Ticket) -> Bool {
        decisionIndex[ticket.rawValue] != nil || ranges.contains { $0.contains(ticket.rawValue) }
    }

    /// Where the order of a ticket stands in ``orders``.
    func orderIndex(_ ticket: Ticket) -> Int? { orders.firstIndex { $0.order.id.ticket == ticket } }

    /// The live order of a user.
    func liveOrder(of user: UserID) -> Ticket? {
        orders.first { $0.order.status.isLive && $0.order.user == user }?.order.id.ticket
    }

    /// The last ticket of a decision or of a range that has ended.
    var lastDecidedTicket: Int64 {
        ranges.reduce(decisions.last?.decision.ticket.rawValue ?? 0) { max($0, $1.to ?? 0) }
    }

    /// The same, with the start of a range that has not ended.
    var lastKnownTicket: Int64 {
        ranges.reduce(decisions.last?.decision.ticket.rawValue ?? 0) { max($0, $1.from, $1.to ?? 0) }
    }

    /// What a ticket costs.
    func price(of ticket: Int64) -> Money {
        prices.last { ticket >= $0.fromTicket }?.price ?? product.price
    }
}
