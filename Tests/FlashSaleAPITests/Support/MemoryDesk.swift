import FlashSale
import NIOConcurrencyHelpers

/// Holds, orders and payments of one product in memory, with the rules of ``OrderTransition``.
final class MemoryDesk: OrderDesk {
    /// What every call fails with while the store is away.
    enum Outage {
        case unavailable
        case unknownOutcome
    }

    private struct Event {
        var event: PaymentEvent
        var answer: PaymentAnswer
    }

    private struct State {
        var orders: [OrderID: Order] = [:]
        var events: [String: Event] = [:]
        var available: Int
        var outage: Outage?
        var changes = 0
    }

    private let product: Product
    private let now: @Sendable () -> Timestamp
    private let state: NIOLockedValueBox<State>

    init(selling product: Product, now: @escaping @Sendable () -> Timestamp) {
        self.product = product
        self.now = now
        state = NIOLockedValueBox(State(available: product.availableStock))
    }

    /// How many calls have changed something.
    var changes: Int { state.withLockedValue { $0.changes } }

    /// Units that nobody has bought or holds.
    var available: Int { state.withLockedValue { $0.available } }

    /// The bodies of all events that are on record, by id.
    var recorded: [String: [UInt8]] { state.withLockedValue { $0.events.mapValues(\.event.raw) } }

    /// Makes every call fail, as when the store can't be reached.
    func goAway(_ outage: Outage) { state.withLockedValue { $0.outage = outage } }

    /// Takes units that come back for somebody else.
    func sellOut() { state.withLockedValue { $0.available = 0 } }

    /// Puts an order there, as the worker does.
    @discardableResult
    func add(
        ticket: Int64,
        of product: Int64 = 1,
        user: String = "alice",
        quantity: Int = 1,
        _ checkout: Checkout = .hold
    ) throws -> OrderID {
        guard let productID = ProductID(product), let ticket = Ticket(ticket) else { throw NoSuchOrder() }
        let now = now()
        let end = Timestamp(microseconds: now.microseconds + 120_000_000)
        let order = Order(
            id: OrderID(product: productID, ticket: ticket),
            user: try UserID(user),
            quantity: quantity,
            unitPrice: self.product.price,
            state: OrderState(fresh: checkout),
            createdAt: now,
            holdExpiresAt: checkout == .hold ? end : nil,
            expiresAt: checkout == .instant ? nil : end
        )
        state.withLockedValue { state in
            state.orders[order.id] = order
            state.available -= quantity
        }
        return order.id
    }

    /// Lets a hold or an order run out.
    func expire(_ id: OrderID) { state.withLockedValue { _ = apply(.expired, to: id, &$0) } }

    func order(_ id: OrderID) async throws -> Order? { try read { $0.orders[id] } }

    func orders(_ page: OrderPage) async throws -> [Order] {
        try read { state in
            let sorted = state.orders.values.sorted { Self.precedes($0.id, $1.id) }
            let matching = sorted.filter { order in
                (page.product ?? order.id.product) == order.id.product && (page.user ?? order.user) == order.user
                    && (page.statuses.isEmpty || page.statuses.contains(order.status))
                    && (!page.isHolds || order.status == .held)
                    && page.after.map { Self.precedes($0, order.id) } != false
            }
            return Array(matching.prefix(page.size))
        }
    }

    func checkOut(_ hold: OrderID) async throws -> HoldAnswer { try change(hold, by: .checkout) }

    func giveBack(_ hold: OrderID) async throws -> HoldAnswer { try change(hold, by: .givenBack) }

    func record(_ event: PaymentEvent) async throws -> PaymentAnswer {
        try read { state in
            guard event.order.product == product.id else { return .unknownProduct }
            if let known = state.events[event.id] {
                guard known.event.saysTheSame(as: event) else { return .otherEventOfThisID }
                if case .wrongAmount = known.answer { return known.answer }
                return .recorded(.duplicate)
            }
            let answer = self.answer(to: event, &state)
            state.events[event.id] = Event(event: event, answer: answer)
            return answer
        }
    }

    private func answer(to event: PaymentEvent, _ state: inout State) -> PaymentAnswer {
        if let order = state.orders[event.order],
            order.amount != event.amount || order.unitPrice.currency != event.currency
        {
            return .wrongAmount(expected: order.amount, currency: order.unitPrice.currency)
        }
        return switch apply(event.status == .paid ? .paid : .failed, to: event.order, &state) {
        case .done: .recorded(.processed)
        case .again: .recorded(.duplicate)
        case .waiting: .recorded(.waiting)
        case .recovered: .recorded(.recovered)
        case .refundDue: .recorded(.refundDue)
        case .conflicting, .refused: .recorded(.conflicting)
        }
    }

    private func change(_ id: OrderID, by event: OrderEvent) throws -> HoldAnswer {
        try read { state in
            let answer = apply(event, to: id, &state)
            guard let order = state.orders[id] else { return .refused(.notFound) }
            return switch answer {
            case .done: .done(order)
            case .refused(let refusal): .refused(refusal)
            case .again, .waiting, .recovered, .refundDue, .conflicting: .again(order)
            }
        }
    }

    private func apply(_ event: OrderEvent, to id: OrderID, _ state: inout State) -> OrderTransition.Answer {
        let order = state.orders[id]
        let canTakeAgain = order.map { state.available >= $0.quantity } ?? false
        let transition = OrderTransition(event, on: order?.state, canTakeAgain: canTakeAgain)
        guard var order, let after = transition.state, after != order.state else { return transition.answer }
        let now = now()
        switch transition.stock {
        case .none: break
        case .giveBack: state.available += order.quantity
        case .takeAgain: state.available -= order.quantity
        }
        if after.isPaid, !order.state.isPaid { order.paidAt = now }
        if event == .checkout { order.checkedOutAt = now }
        if after.status != .pending {
            order.expiresAt = nil
            order.endedAt = now
        }
        order.state = after
        state.orders[id] = order
        state.changes += 1
        return transition.answer
    }

    private func read<Result>(_ body: (inout State) throws -> Result) throws -> Result {
        try state.withLockedValue { state in
            switch state.outage {
            case .unavailable: throw StoreUnavailable(reason: "SELECT * FROM orders: server has gone away")
            case .unknownOutcome: throw OutcomeUnknown(cause: StoreUnavailable(reason: "COMMIT: connection lost"))
            case nil: try body(&state)
            }
        }
    }

    private static func precedes(_ left: OrderID, _ right: OrderID) -> Bool {
        (left.product, left.ticket) < (right.product, right.ticket)
    }

    private struct NoSuchOrder: Error {}
}
