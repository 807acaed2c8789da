public import FlashSale

/// What can happen to a purchase from outside, in any order.
public enum PurchaseStep: String, CaseIterable, Sendable {
    /// The user checks the hold out.
    case checkout
    /// The provider reports the payment.
    case paid
    /// The provider reports that the payment failed.
    case failed
    /// The provider's last report comes once more.
    case duplicate
    /// The time of hold or order is over.
    case expiry
    /// The user gives the hold back.
    case giveBack = "give_back"
    /// The provider reports the payment before the worker has come to the ticket, if it has not yet.
    case earlyEvent = "early_event"
    /// The worker dies after a commit, and its successor settles the same batch.
    case workerCrash = "worker_crash"
}

/// One user's purchase of a product's only unit, followed with the domain's own rules: what a store has to end up with.
public struct PurchaseModel: Sendable {
    /// How the order stands; nil before the worker's decision.
    public private(set) var order: OrderState?
    /// What became of each payment event, by its id.
    public private(set) var results: [String: OrderTransition.Answer] = [:]
    /// What the shop was told, in order.
    public private(set) var messages: [OutboxEvent] = []
    /// Units that nobody has.
    public private(set) var available = 1
    /// Units that the rival got.
    public private(set) var rivalUnits = 0

    private let checkout: Checkout
    private let hasRival: Bool
    private var waiting: [(id: String, event: OrderEvent)] = []
    private var lastEvent: (id: String, event: OrderEvent)?
    private var eventCount = 0

    /// A purchase that has not begun.
    ///
    /// - Parameters:
    ///   - checkout: The product's checkout.
    ///   - hasRival: Whether somebody waits behind and takes the unit whenever it comes back.
    public init(checkout: Checkout, hasRival: Bool) {
        self.checkout = checkout
        self.hasRival = hasRival
    }

    /// Whether the provider ever reported a payment.
    public var isCharged: Bool { eventStatuses.contains { $0.value == .paid } }
    private var eventStatuses: [String: OrderEvent] = [:]

    /// Lets a step happen.
    public mutating func take(_ step: PurchaseStep) {
        switch step {
        case .earlyEvent: report(.paid)
        case .paid:
            decide()
            report(.paid)
        case .failed:
            decide()
            report(.failed)
        case .duplicate:
            decide()
            if let lastEvent { receive(lastEvent.id, lastEvent.event) }
        case .checkout:
            decide()
            apply(.checkout)
        case .giveBack:
            decide()
            apply(.givenBack)
        case .expiry:
            decide()
            apply(.expired)
        case .workerCrash:
            decide()
            decide()
        }
    }

    /// What comes in the end, whatever came before: the decision, and the end of every time limit.
    public mutating func end() {
        decide()
        apply(.expired)
    }

    private mutating func report(_ event: OrderEvent) {
        eventCount += 1
        lastEvent = ("event-\(eventCount)", event)
        receive("event-\(eventCount)", event)
    }

    private mutating func receive(_ id: String, _ event: OrderEvent) {
        guard results[id] == nil else { return }
        eventStatuses[id] = event
        let transition = OrderTransition(event, on: order, canTakeAgain: available > 0)
        results[id] = transition.answer
        if transition.answer == .waiting { waiting.append((id, event)) }
        follow(transition)
    }

    private mutating func apply(_ event: OrderEvent) { follow(OrderTransition(event, on: order)) }

    private mutating func follow(_ transition: OrderTransition) {
        order = transition.state
        available += transition.units(of: 1)
        if let message = transition.message { messages.append(message) }
        if hasRival, available > 0, order != nil {
            rivalUnits += available
            available = 0
        }
    }

    /// The worker's decision: only the first one counts.
    private mutating func decide() {
        guard order == nil, let ticket = Ticket(1), let user = try? UserID("ann") else { return }
        let settlement = Settlement(
            of: [ClaimedEntry(ticket: ticket, user: user, quantity: 1, cart: .live)],
            facts: Settlement.Facts(
                available: available,
                held: 0,
                checkout: checkout,
                earlyEvents: [ticket: waiting.map(\.event)]
            )
        )
        guard let made = settlement.orders.first else { return }
        order = made.state
        available = settlement.available
        if let message = made.message { messages.append(message) }
        for (event, answer) in zip(waiting, settlement.earlyAnswers[ticket] ?? []) { results[event.id] = answer }
        waiting = []
        if hasRival, available > 0 {
            rivalUnits += available
            available = 0
        }
    }

    /// What is wrong with how it ended; empty when all is well.
    public var complaints: [String] {
        guard let order else { return ["the ticket was never decided"] }
        var complaints: [String] = []
        let sold = order.status.isLive ? 1 : 0
        if available + rivalUnits + sold != 1 {
            complaints.append("one unit became \(available) + \(rivalUnits) + \(sold)")
        }
        let refunds = messages.filter { $0 == .refundDue }.count
        let isPaidUnit = order.status == .completed && order.isPaid
        let isRefund = order.status == .refundDue && refunds == 1
        let wantsNoMoney = !order.isPaid && refunds == 0
        switch (isCharged, checkout) {
        case (true, _) where isPaidUnit == isRefund:
            complaints.append("charged, and neither bought nor paid back: \(order)")
        case (false, _) where !wantsNoMoney: complaints.append("not charged, and \(order)")
        default: break
        }
        if results.values.contains(.waiting) { complaints.append("an event waits for an order that is there") }
        if order.status == .held || order.status == .pending { complaints.append("never ended") }
        if messages.count != Set(messages.map(\.rawValue)).count { complaints.append("told twice: \(messages)") }
        return complaints
    }
}
