public import FlashSale
import MariaDB

extension MariaDBSaleBooks {
    /// Products with an order that is due, or that the line does not show as it is.
    public func productsToSweep(limit: Int) async throws -> [ProductID] {
        let rows = try await database.onConnection { connection in
            try connection.query(
                """
                SELECT product_id FROM (
                    SELECT DISTINCT product_id FROM orders WHERE expires_at <= NOW(6)
                    UNION SELECT DISTINCT product_id FROM orders WHERE unshown = TRUE
                ) AS products LIMIT ?
                """,
                [.integer(Int64(limit))]
            ).map { Int64(try $0.int("product_id")) }
        }
        return rows.compactMap(ProductID.init)
    }

    /// Lets orders run out whose time is over, and looks up what the line has to show.
    ///
    /// With the last unit paid for, the product is sold out: the range of sold-out tickets starts above the last decided one.
    public func sweep(_ product: ProductID, fence: Fence, limit: Int) async throws -> OrderSweep {
        let crashPoints = crashPoints
        let sweep = try await database.inTransaction { connection in
            let locked = try LockedProduct(product, fence: fence, connection)
            let expired = try ExpiryTurn(under: locked, connection).expire(limit: limit)
            let changed = try connection.query(
                "SELECT \(Order.columns) FROM orders o WHERE o.product_id = ? AND o.unshown = TRUE LIMIT ?",
                [.integer(product.rawValue), .integer(Int64(limit))]
            ).map(Order.init)
            if locked.product.availableStock + expired.units == 0, locked.held == 0, locked.product.soldOutAfter == nil
            {
                let lastTicket = try Self.lastKnownTicket(of: product, connection)
                try SoldOutRange(of: locked, connection).open(after: lastTicket)
            }
            crashPoints.reach(.sweepCommit)
            return OrderSweep(
                product: try Self.existing(product, connection),
                expired: expired.orders,
                changed: changed,
                isCutShort: expired.orders == limit || changed.count == limit
            )
        }
        crashPoints.reach(.sweepAfter)
        return sweep
    }

    /// Puts on record that the line shows these orders as they are in the sweep; one that has changed since is shown again.
    public func markShown(_ sweep: OrderSweep) async throws {
        guard !sweep.changed.isEmpty else { return }
        try await database.inTransaction { connection in
            _ = try connection.executeBatch(
                "UPDATE orders SET unshown = NULL WHERE product_id = ? AND ticket = ? AND status = ?",
                rows: sweep.changed.map { $0.id.parameters + [.string($0.status.rawValue)] }
            )
        }
        crashPoints.reach(.markShownAfter)
    }
}

/// Lets the orders of one product run out, within a transaction.
struct ExpiryTurn {
    private let connection: MariaDBConnection
    private let locked: LockedProduct

    init(under locked: LockedProduct, _ connection: MariaDBConnection) {
        self.locked = locked
        self.connection = connection
    }

    /// Lets up to `limit` orders run out whose time is over, those that were due first before others.
    func expire(limit: Int) throws -> (orders: Int, units: Int) {
        let due = try connection.query(
            """
            SELECT \(Order.columns) FROM orders o
            WHERE o.product_id = ? AND o.expires_at <= NOW(6) ORDER BY o.expires_at, o.ticket LIMIT ? FOR UPDATE
            """,
            [.integer(locked.product.id.rawValue), .integer(Int64(limit))]
        ).map(Order.init)
        var changes = OrderChanges(under: locked, connection)
        for order in due { changes.add(.expired, OrderTransition(.expired, on: order.state), to: order) }
        try changes.write()
        return (due.count, changes.units)
    }
}

/// The range of tickets that are sold out together.
struct SoldOutRange {
    private let connection: MariaDBConnection
    private let locked: LockedProduct

    init(of locked: LockedProduct, _ connection: MariaDBConnection) {
        self.locked = locked
        self.connection = connection
    }

    /// Declares every ticket above this one sold out; payments that wait for one of them go back.
    func open(after ticket: Int64) throws {
        let id = locked.product.id
        try connection.execute(
            "UPDATE products SET sold_out_after = ? WHERE id = ?",
            [.integer(ticket), .integer(id.rawValue)]
        )
        try connection.execute(
            "INSERT INTO ticket_ranges (product_id, from_ticket, outcome) VALUES (?, ?, 'sold_out')",
            [.integer(id.rawValue), .integer(ticket + 1)]
        )
        guard locked.hasEarlyEvents, ticket < Ticket.maximum else { return }
        try PaymentEventTable(connection).refundWaiting(id, tickets: (ticket + 1)...Ticket.maximum, at: locked.now)
    }
}
