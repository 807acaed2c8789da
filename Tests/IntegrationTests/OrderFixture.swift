import FlashSale
import FlashSaleStorage
import Logging
import MariaDB
import Resilience
import Testing

/// What the tests of orders and payments share.
extension Sale {
    var desk: StoredOrderDesk {
        StoredOrderDesk(
            redis: redis,
            database: database,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    var outbox: MariaDBOutbox { MariaDBOutbox(database: database) }

    /// Serves the line once, as a worker does: sweep, claim, settle, acknowledge; until nobody waits or all who do have to.
    func serve(_ lease: Lease) async throws {
        while true {
            try await sweep(lease)
            let answer = try await served.claim(lease.product, fence: lease.fence, limit: 50, dropLimit: 1_000)
            guard case .claimed(let claim) = answer else { return }
            let settled = try await settle(claim, lease)
            if !settled.waiting.isEmpty { return }
        }
    }

    /// Lets due orders run out, and shows the line what has changed.
    @discardableResult
    func sweep(_ lease: Lease) async throws -> OrderSweep {
        var sweep: OrderSweep
        repeat {
            sweep = try await books.sweep(lease.product, fence: lease.fence, limit: 500)
            try await served.show(sweep.changed, of: sweep.product, fence: lease.fence)
            try await books.markShown(sweep)
        } while sweep.isCutShort
        return sweep
    }

    /// A payment event about an order, with the order's amount unless told otherwise.
    func event(
        _ id: String,
        _ order: OrderID,
        _ status: PaymentEvent.Status = .paid,
        amount: Int64? = nil,
        currency: String = "USD",
        quantity: Int = 1
    ) throws -> PaymentEvent {
        PaymentEvent(
            id: id,
            order: order,
            status: status,
            amount: amount ?? 9_999 * Int64(quantity),
            currency: try #require(Currency(currency)),
            raw: Array("{\"event_id\":\"\(id)\"}".utf8)
        )
    }

    /// Moves the end of an order's time into the past.
    func makeDue(_ order: OrderID) async throws {
        try await execute(
            """
            UPDATE orders SET expires_at = NOW(6) - INTERVAL 1 SECOND
            WHERE product_id = ? AND ticket = ? AND expires_at IS NOT NULL
            """,
            [.integer(order.product.rawValue), .integer(order.ticket.rawValue)]
        )
    }

    /// What the shop was told about an order, in order.
    func messages(_ order: OrderID) async throws -> [String] {
        try await database.withConnection { connection in
            try connection.query(
                "SELECT event FROM outbox WHERE product_id = ? AND ticket = ? ORDER BY id",
                [.integer(order.product.rawValue), .integer(order.ticket.rawValue)]
            ).map { try $0.string("event") }
        }
    }

    /// Where an order stands.
    func status(_ order: OrderID) async throws -> OrderStatus? { try await desk.order(order)?.status }

    /// What must hold for orders after any test: units came back once for each order that is over, and for no other.
    func expectOrdersBalance(_ product: ProductID, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await expectBooksBalance(product, sourceLocation: sourceLocation)
        let wrong = try await count(
            """
            SELECT COUNT(*) FROM (
                SELECT o.ticket, o.quantity, o.status,
                    COALESCE((SELECT CAST(SUM(l.delta) AS SIGNED) FROM stock_ledger l
                              WHERE l.product_id = o.product_id AND l.ticket = o.ticket), 0) AS back
                FROM orders o WHERE o.product_id = ?
            ) AS moves
            WHERE back <> IF(status IN ('held', 'pending', 'completed'), 0, quantity)
            """,
            [.integer(product.rawValue)]
        )
        #expect(wrong == 0, "units of an order came back never or twice", sourceLocation: sourceLocation)
        let refunds = try await count(
            """
            SELECT COUNT(*) FROM orders o WHERE o.product_id = ? AND o.status = 'refund_due' AND (
                SELECT COUNT(*) FROM outbox m
                WHERE m.product_id = o.product_id AND m.ticket = o.ticket AND m.event = 'refund.due'
            ) <> 1
            """,
            [.integer(product.rawValue)]
        )
        #expect(refunds == 0, "a refund was not told exactly once", sourceLocation: sourceLocation)
    }
}

extension Standing {
    /// The words that people read.
    var words: String { status.rawValue }
}
