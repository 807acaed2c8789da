import FlashSale
import MariaDB

extension BooksAudit {
    /// Invariant 7: each payment had one effect, and each effect has its payment.
    mutating func checkPayments(_ product: ProductID) throws {
        let id = MariaDBValue.integer(product.rawValue)
        findings.count(try number("SELECT COUNT(*) FROM payment_events WHERE product_id = ?", [id]), for: .payments)
        try checkPaidOrders(id, product)
        try checkRefunds(id, product)
        try expectNone(
            .payments,
            "the event still waits, but its ticket is decided",
            product,
            """
            SELECT e.event_id, e.ticket, e.status, e.received_at FROM payment_events e
            WHERE e.result = 'waiting' AND e.product_id = ? AND (
                EXISTS (SELECT 1 FROM decisions d WHERE d.product_id = e.product_id AND d.ticket = e.ticket)
                OR EXISTS (SELECT 1 FROM ticket_ranges r WHERE r.product_id = e.product_id
                    AND r.from_ticket <= e.ticket AND (r.to_ticket IS NULL OR r.to_ticket >= e.ticket)))
            """,
            [id]
        )
        try expectNone(
            .payments,
            "only an event that waits has no time of its effect",
            product,
            """
            SELECT event_id, ticket, result, applied_at FROM payment_events
            WHERE product_id = ? AND (result = 'waiting') <> (applied_at IS NULL)
            """,
            [id]
        )
    }

    private mutating func checkPaidOrders(_ id: MariaDBValue, _ product: ProductID) throws {
        try expectNone(
            .payments,
            "a completed order does not have exactly its one payment",
            product,
            """
            SELECT o.ticket, o.user_id AS user, o.paid_at, o.payment_event, COALESCE(e.events, 0) AS events,
                e.event_id, e.amount, o.unit_price * o.quantity AS expected_amount
            FROM orders o JOIN products p ON p.id = o.product_id LEFT JOIN (
                SELECT ticket, COUNT(*) AS events, MIN(event_id) AS event_id, MIN(amount) AS amount,
                    MIN(currency) AS currency
                FROM payment_events
                WHERE product_id = ? AND status = 'paid' AND result IN ('processed', 'recovered') GROUP BY ticket
            ) AS e ON e.ticket = o.ticket
            WHERE o.product_id = ? AND o.status = 'completed' AND NOT CASE
                WHEN o.paid_at IS NULL THEN p.checkout = 'instant' AND e.ticket IS NULL
                ELSE COALESCE(e.events, 0) = 1 AND o.payment_event <=> e.event_id
                    AND e.amount = o.unit_price * o.quantity AND e.currency = o.currency
            END
            """,
            [id, id]
        )
        try expectNone(
            .payments,
            "the payment's order is not complete",
            product,
            """
            SELECT e.event_id, e.ticket, e.result, o.status
            FROM payment_events e LEFT JOIN orders o ON o.product_id = e.product_id AND o.ticket = e.ticket
            WHERE e.product_id = ? AND e.status = 'paid' AND e.result IN ('processed', 'recovered')
                AND NOT o.status <=> 'completed'
            """,
            [id]
        )
    }

    /// Each payment that has to go back is told once; an order has one such payment at most.
    private mutating func checkRefunds(_ id: MariaDBValue, _ product: ProductID) throws {
        try expectNone(
            .payments,
            "a refund was not told exactly once",
            product,
            """
            SELECT r.ticket, o.status, r.events, r.messages FROM (
                SELECT ticket, CAST(SUM(event) AS SIGNED) AS events, CAST(SUM(message) AS SIGNED) AS messages FROM (
                    SELECT ticket, 1 AS event, 0 AS message FROM payment_events
                    WHERE product_id = ? AND result = 'refund_due'
                    UNION ALL SELECT ticket, 0, 1 FROM outbox WHERE product_id = ? AND event = 'refund.due'
                    UNION ALL SELECT ticket, 0, 0 FROM orders WHERE product_id = ? AND status = 'refund_due'
                ) AS signs GROUP BY ticket
            ) AS r LEFT JOIN orders o ON o.product_id = ? AND o.ticket = r.ticket
            WHERE r.events <> r.messages OR (o.ticket IS NOT NULL AND (o.status <> 'refund_due' OR r.events <> 1))
            """,
            [id, id, id, id]
        )
    }
}
