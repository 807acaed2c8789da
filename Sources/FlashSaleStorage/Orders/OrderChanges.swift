import FlashSale
import MariaDB

/// What events have done to orders of one product, on its way into the tables.
///
/// Used within a transaction, under the product's lock.
struct OrderChanges {
    private let connection: MariaDBConnection
    private let locked: LockedProduct
    private var changes: [Change] = []

    private struct Change {
        let order: Order
        let event: OrderEvent
        let transition: OrderTransition
        let payment: PaymentEvent?

        /// The order with its new state.
        var after: Order {
            var order = order
            order.state = transition.state ?? order.state
            return order
        }
    }

    /// What the available stock gains; negative for what it loses.
    private(set) var units = 0

    init(under locked: LockedProduct, _ connection: MariaDBConnection) {
        self.locked = locked
        self.connection = connection
    }

    /// The available stock, with the changes so far.
    var available: Int { locked.product.availableStock + units }

    /// Takes a change in; one that leaves the order as it is needs no writing.
    mutating func add(_ event: OrderEvent, _ transition: OrderTransition, to order: Order, payment: PaymentEvent? = nil)
    {
        guard transition.state != order.state else { return }
        changes.append(Change(order: order, event: event, transition: transition, payment: payment))
        units += transition.units(of: order.quantity)
    }

    /// Writes everything: orders, ledger, stock, messages.
    func write() throws {
        guard !changes.isEmpty else { return }
        try updateOrders()
        try insertLedger()
        try updateStock()
        try OutboxWriter(connection).insert(
            changes.compactMap { change in
                change.transition.message.map { event in
                    OutboxWriter.Draft(event, of: change.after, at: locked.now, payment: change.payment)
                }
            }
        )
    }

    private func updateOrders() throws {
        try connection.executeBatch(
            """
            UPDATE orders SET status = ?, is_checked_out = ?, expires_at = NOW(6) + INTERVAL ? SECOND,
                checked_out_at = IF(?, NOW(6), checked_out_at), paid_at = IF(?, NOW(6), paid_at),
                payment_event = COALESCE(?, payment_event), ended_at = IF(?, NOW(6), ended_at), unshown = TRUE
            WHERE product_id = ? AND ticket = ?
            """,
            rows: changes.map { change in
                let state = change.after.state
                let isPending = state.status == .pending
                let hasEnded = !isPending && state.status != change.order.status
                return [
                    .string(state.status.rawValue), .bool(state.isCheckedOut),
                    // NULL + an interval is NULL: nothing runs out any more.
                    isPending ? .integer(Int64(locked.product.limits.paymentSeconds)) : .null,
                    .bool(change.event == .checkout), .bool(change.event == .paid),
                    change.event == .paid ? change.payment.map { .string($0.id) } ?? .null : .null, .bool(hasEnded),
                ] + change.order.id.parameters
            }
        )
    }

    private func insertLedger() throws {
        let moves = changes.filter { $0.transition.stock != .none }
        guard !moves.isEmpty else { return }
        try connection.executeBatch(
            "INSERT INTO stock_ledger (product_id, delta, reason, ticket) VALUES (?, ?, ?, ?)",
            rows: moves.map { change in
                [
                    .integer(change.order.id.product.rawValue),
                    .integer(Int64(change.transition.units(of: change.order.quantity))),
                    .string(change.event.ledgerReason), .integer(change.order.id.ticket.rawValue),
                ]
            }
        )
    }

    /// The guard repeats what the lock and the machine promise: if it ever fails, nothing of this happens.
    private func updateStock() throws {
        guard units != 0 else { return }
        let updated = try connection.execute(
            """
            UPDATE products SET available_stock = CAST(available_stock AS SIGNED) + ?
            WHERE id = ? AND CAST(available_stock AS SIGNED) + ? BETWEEN 0 AND total_stock
            """,
            [.integer(Int64(units)), .integer(locked.product.id.rawValue), .integer(Int64(units))]
        )
        guard updated.affectedRows == 1 else {
            throw StoreUnavailable(reason: "the stock of product \(locked.product.id) changed under its lock")
        }
    }
}

extension OrderEvent {
    /// Why units moved, in the ledger's words.
    var ledgerReason: String {
        switch self {
        case .checkout: "ordered"
        case .paid: "recovered"
        case .failed: "payment_failed"
        case .expired: "expired"
        case .givenBack: "given_back"
        }
    }
}

extension MariaDBValue {
    /// A truth value, as the database keeps it.
    static func bool(_ value: Bool) -> MariaDBValue { .integer(value ? 1 : 0) }
}
