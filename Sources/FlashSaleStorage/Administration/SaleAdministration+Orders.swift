public import FlashSale
import MariaDB

/// What one sweep by hand has done.
public struct ExpirySweep: Sendable {
    /// How many holds and orders ran out.
    public var expired = 0
    /// How many units came back.
    public var units = 0
    /// The products whose orders ran out.
    public var products: [ProductID] = []
    /// Why a line could not be told; the worker tells it as soon as it can.
    public var lineProblem: String?
}

extension SaleAdministration {
    /// How many orders run out in one transaction.
    private static let sweepBatch = 500

    /// An order; nil when the ticket has none.
    public func order(_ id: OrderID) async throws -> Order? {
        try await database.onConnection { try Order.read(id, $0) }
    }

    /// One page of orders, by rising product and ticket.
    public func orders(_ page: OrderPage) async throws -> [Order] {
        try await database.onConnection { try Order.read(page, $0) }
    }

    /// What payment providers reported about one order, the first event first.
    public func payments(of order: OrderID) async throws -> [PaymentRecord] {
        try await paymentEvents("e.product_id = ? AND e.ticket = ?", order.parameters, limit: 1_000)
    }

    /// Payments that have to go back, the first one first; also those that no order ever came of.
    public func refundsDue(limit: Int) async throws -> [PaymentRecord] {
        try await paymentEvents("e.result = 'refund_due'", [], limit: limit)
    }

    /// Payment events that contradict an order or its amount, the first one first.
    public func paymentsToReview(limit: Int) async throws -> [PaymentRecord] {
        try await paymentEvents("e.result = 'conflicting'", [], limit: limit)
    }

    private func paymentEvents(
        _ condition: String,
        _ parameters: [MariaDBValue],
        limit: Int
    ) async throws -> [PaymentRecord] {
        try await database.onConnection { connection in
            try connection.query(
                """
                SELECT \(PaymentEventTable.columns) FROM payment_events e WHERE \(condition)
                ORDER BY e.received_at, e.event_id LIMIT ?
                """,
                parameters + [.integer(Int64(limit))]
            ).map(PaymentRecord.init)
        }
    }

    /// Lets every hold and order run out whose time is over, as the worker does by itself.
    ///
    /// Those that become due meanwhile are left to the next sweep.
    ///
    /// - Parameter product: Only this one's; nil for all products.
    /// - Throws: ``UnknownProduct``, ``StoreUnavailable``, ``OutcomeUnknown``.
    public func expireOrders(of product: ProductID?) async throws -> ExpirySweep {
        if let product, try await self.product(product) == nil { throw UnknownProduct(id: product) }
        let due = try await database.onConnection { connection in
            try connection.query(
                """
                SELECT product_id, COUNT(*) AS orders FROM orders WHERE expires_at <= NOW(6)
                AND (? IS NULL OR product_id = ?) GROUP BY product_id ORDER BY product_id
                """,
                [product.map { .integer($0.rawValue) } ?? .null, product.map { .integer($0.rawValue) } ?? .null]
            ).map { (ProductID(Int64(try $0.int("product_id"))), try $0.int("orders")) }
        }
        var sweep = ExpirySweep()
        for case (let id?, let orders) in due {
            let batches = (orders + Self.sweepBatch - 1) / Self.sweepBatch
            for _ in 0..<batches { try await expire(id, &sweep) }
            sweep.products.append(id)
            do { try await line.wake(id) } catch { sweep.lineProblem = "\(error)" }
        }
        try await record("expire", product, ["orders": .number(sweep.expired), "units": .number(sweep.units)])
        return sweep
    }

    private func expire(_ id: ProductID, _ sweep: inout ExpirySweep) async throws {
        let done = try await database.inTransaction { connection -> (orders: Int, units: Int) in
            guard let locked = try LockedProduct(id, connection) else { throw UnknownProduct(id: id) }
            return try ExpiryTurn(under: locked, connection).expire(limit: Self.sweepBatch)
        }
        sweep.expired += done.orders
        sweep.units += done.units
    }
}
