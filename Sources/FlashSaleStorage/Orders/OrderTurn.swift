import FlashSale
import MariaDB

/// One event and one order, within a transaction.
///
/// Locks are taken in the order product, order, event.
struct OrderTurn {
    private let connection: MariaDBConnection
    private let locked: LockedProduct
    private let id: OrderID
    private let order: Order?
    private let isDue: Bool

    /// Locks the product and the order; nil when there is no such product.
    init?(_ id: OrderID, _ connection: MariaDBConnection) throws {
        guard let locked = try LockedProduct(id.product, connection) else { return nil }
        self.id = id
        self.connection = connection
        self.locked = locked
        order = try Order.read(id, connection, locking: true)
        // Asked again under the lock: the time in `locked` may be that of the wait for it.
        let due = try connection.query(
            "SELECT 1 AS due FROM orders WHERE product_id = ? AND ticket = ? AND expires_at <= NOW(6)",
            id.parameters
        )
        isDue = !due.isEmpty
    }

    /// Checks a hold out, or gives it back.
    ///
    /// A hold whose time is over by the clock has run out, even if no worker has come by to say so.
    func change(_ event: OrderEvent) throws -> HoldAnswer {
        let happening: OrderEvent = isDue && order?.status == .held ? .expired : event
        let transition = OrderTransition(happening, on: order?.state)
        if let order {
            var changes = OrderChanges(under: locked, connection)
            changes.add(happening, transition, to: order)
            try changes.write()
        }
        let answer = happening == event ? transition.answer : OrderTransition(event, on: transition.state).answer
        switch answer {
        case .done: return .done(try current())
        case .again: return .again(try current())
        case .refused(let refusal): return .refused(refusal)
        case .waiting, .recovered, .refundDue, .conflicting: return .refused(.notFound)
        }
    }

    /// Takes a payment event in: at most once, whatever its fate.
    func record(_ event: PaymentEvent) throws -> PaymentAnswer {
        let table = PaymentEventTable(connection)
        if let known = try table.record(of: event.id) { return answer(to: event, known: known) }
        guard let order else {
            let transition = OrderTransition(event.orderEvent, on: nil, willNeverExist: try isDecided())
            let result = PaymentResult(transition.answer)
            try table.insert(event, result)
            if transition.message != nil {
                try OutboxWriter(connection).insert([OutboxWriter.Draft(refundOf: event, at: locked.now)])
            }
            return .recorded(result)
        }
        guard event.amount == order.amount, event.currency == order.unitPrice.currency else {
            try table.insert(event, .conflicting)
            return .wrongAmount(expected: order.amount, currency: order.unitPrice.currency)
        }
        let transition = OrderTransition(
            event.orderEvent,
            on: order.state,
            canTakeAgain: try canTakeAgain(order)
        )
        var changes = OrderChanges(under: locked, connection)
        changes.add(event.orderEvent, transition, to: order, payment: event)
        try changes.write()
        let result = PaymentResult(transition.answer)
        try table.insert(event, result)
        return .recorded(result)
    }

    private func answer(to event: PaymentEvent, known: PaymentRecord) -> PaymentAnswer {
        guard known.event.saysTheSame(as: event) else { return .otherEventOfThisID }
        guard known.result == .conflicting else { return .recorded(.duplicate) }
        if let order, event.amount != order.amount || event.currency != order.unitPrice.currency {
            return .wrongAmount(expected: order.amount, currency: order.unitPrice.currency)
        }
        return .recorded(.conflicting)
    }

    /// Whether the ticket was decided: without an order so far, so no order will come of it.
    private func isDecided() throws -> Bool {
        let rows = try connection.query(
            """
            SELECT 1 AS found FROM decisions WHERE product_id = ? AND ticket = ?
            UNION ALL
            SELECT 1 FROM ticket_ranges
            WHERE product_id = ? AND from_ticket <= ? AND COALESCE(to_ticket, ?) >= ?
            """,
            id.parameters + id.parameters + [.integer(id.ticket.rawValue), .integer(id.ticket.rawValue)]
        )
        return !rows.isEmpty
    }

    /// Whether a late payment finds units enough, and no other live order of its user.
    private func canTakeAgain(_ order: Order) throws -> Bool {
        guard !order.status.isLive, locked.product.availableStock >= order.quantity else { return false }
        let others = try connection.query(
            "SELECT 1 AS found FROM orders WHERE product_id = ? AND active_user = ?",
            [.integer(id.product.rawValue), .string(order.user.rawValue)]
        )
        return others.isEmpty
    }

    private func current() throws -> Order {
        guard let order = try Order.read(id, connection) else {
            throw StoreUnavailable(reason: "order \(id) is gone")
        }
        return order
    }
}
