import FlashSale
import MariaDB

extension BooksAudit {
    /// Orders may live on for two sweeps past their time, in seconds (RELIABILITY: a sweep a second).
    static let graceSeconds: Int64 = 2

    /// Invariant 3: decisions and orders belong together.
    mutating func checkOrders(_ product: ProductID) throws {
        let id = MariaDBValue.integer(product.rawValue)
        findings.count(try number("SELECT COUNT(*) FROM orders WHERE product_id = ?", [id]), for: .orders)
        try expectNone(
            .orders,
            "the decision made no order",
            product,
            """
            SELECT d.ticket, d.user_id AS user, d.quantity, d.outcome
            FROM decisions d LEFT JOIN orders o ON o.product_id = d.product_id AND o.ticket = d.ticket
            WHERE d.product_id = ? AND d.outcome = 'ordered' AND o.ticket IS NULL
            """,
            [id]
        )
        try expectNone(
            .orders,
            "the order is not what was decided",
            product,
            """
            SELECT o.ticket, o.user_id AS user, o.quantity, o.status, d.outcome, d.user_id AS decided_user,
                d.quantity AS decided_quantity, d.order_ticket
            FROM orders o LEFT JOIN decisions d ON d.product_id = o.product_id AND d.ticket = o.ticket
            WHERE o.product_id = ? AND NOT (d.outcome <=> 'ordered' AND d.user_id <=> o.user_id
                AND d.quantity <=> o.quantity AND d.order_ticket <=> o.ticket)
            """,
            [id]
        )
        try expectNone(
            .orders,
            "the user has more than one live order",
            product,
            """
            SELECT user_id AS user, COUNT(*) AS live_orders, MIN(ticket) AS first_ticket, MAX(ticket) AS last_ticket
            FROM orders WHERE product_id = ? AND status IN ('held', 'pending', 'completed')
            GROUP BY user_id HAVING COUNT(*) > 1
            """,
            [id]
        )
        try expectNone(
            .orders,
            "the user was refused for an order that is not theirs",
            product,
            """
            SELECT d.ticket, d.user_id AS user, d.outcome, d.order_ticket, o.user_id AS order_user
            FROM decisions d LEFT JOIN orders o ON o.product_id = d.product_id AND o.ticket = d.order_ticket
            WHERE d.product_id = ? AND d.outcome = 'already_purchased' AND NOT o.user_id <=> d.user_id
            """,
            [id]
        )
    }

    /// Invariant 8, as far as rows prove it.
    ///
    /// A hold that was never checked out kept its `hold_expires_at`; an order that had to be paid had the product's
    /// `payment_seconds`, which no command changes, from its checkout or its decision on.
    mutating func checkTimes(_ product: ProductID) throws {
        let id = MariaDBValue.integer(product.rawValue)
        findings.count(
            try number("SELECT COUNT(*) FROM orders WHERE product_id = ? AND status = 'expired'", [id]),
            for: .times
        )
        try expectNone(
            .times,
            "the order ran out before its time",
            product,
            """
            SELECT ticket, user, due_at, ended_at FROM (
                SELECT o.ticket, o.user_id AS user, o.ended_at,
                    IF(o.hold_expires_at IS NOT NULL AND o.checked_out_at IS NULL, o.hold_expires_at,
                        COALESCE(o.checked_out_at, o.created_at) + INTERVAL p.payment_seconds SECOND) AS due_at
                FROM orders o JOIN products p ON p.id = o.product_id
                WHERE o.product_id = ? AND o.status = 'expired'
            ) AS expired WHERE ended_at IS NULL OR ended_at < due_at
            """,
            [id]
        )
    }

    /// Invariant 8: orders that live on although their time is over and a worker serves the product.
    ///
    /// A worker that has just come may be about to end them: look twice.
    func overdue(_ product: ProductID) throws -> [AuditRow] {
        let rows = try connection.query(
            """
            SELECT o.ticket, o.user_id AS user, o.status, o.expires_at, l.holder AS worker
            FROM orders o JOIN leases l ON l.product_id = o.product_id AND l.holder IS NOT NULL AND l.until > ?
            WHERE o.product_id = ? AND o.expires_at < ? - INTERVAL ? SECOND ORDER BY o.expires_at LIMIT 10000
            """,
            [now.value, .integer(product.rawValue), now.value, .integer(Self.graceSeconds)]
        )
        return try rows.map { row in
            AuditRow(
                "the order lives on after its time",
                [
                    .init("product", "\(product)"), .init("ticket", "\(try row.int("ticket"))"),
                    .init("user", try row.string("user")), .init("status", try row.string("status")),
                    .init("expires_at", Timestamp(try row.dateTime("expires_at")).description),
                    .init("worker", try row.string("worker")),
                ]
            )
        }
    }

    /// Invariant 10: dead letters keep what a person needs, and made no order.
    mutating func checkDeadLetters(_ product: ProductID) throws {
        let id = MariaDBValue.integer(product.rawValue)
        findings.count(try number("SELECT COUNT(*) FROM dead_letters WHERE product_id = ?", [id]), for: .deadLetters)
        try expectNone(
            .deadLetters,
            "the dead letter lacks a reason or its attempts",
            product,
            """
            SELECT id AS dead_letter, batch, position, reason, attempts FROM dead_letters
            WHERE product_id = ? AND (reason = '' OR attempts = 0)
            """,
            [id]
        )
        try expectNone(
            .deadLetters,
            "the dead letter's entry has an order",
            product,
            """
            SELECT l.id AS dead_letter, o.ticket, o.user_id AS user, o.status
            FROM dead_letters l JOIN orders o ON o.product_id = l.product_id
                AND o.ticket = CAST(SUBSTRING_INDEX(SUBSTRING_INDEX(LEFT(l.raw, 200), ':', 2), ':', -1) AS UNSIGNED)
            WHERE l.product_id = ? AND l.raw = CONCAT_WS(':', 1, o.ticket, o.quantity, o.user_id)
            """,
            [id]
        )
    }
}
