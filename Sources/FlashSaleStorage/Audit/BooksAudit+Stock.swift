import FlashSale
import MariaDB

extension BooksAudit {
    /// Invariant 1: the ledger, the product's row, the orders and the batches all tell the same stock.
    mutating func checkStock(_ product: ProductID) throws {
        let id = MariaDBValue.integer(product.rawValue)
        findings.count(try number("SELECT COUNT(*) FROM stock_ledger WHERE product_id = ?", [id]), for: .stock)
        let sums = """
            SELECT CAST(p.total_stock AS SIGNED) AS total, CAST(p.available_stock AS SIGNED) AS available,
                (SELECT CAST(COALESCE(SUM(l.delta), 0) AS SIGNED) FROM stock_ledger l
                 WHERE l.product_id = p.id) AS ledger,
                (SELECT CAST(COALESCE(SUM(l.delta), 0) AS SIGNED) FROM stock_ledger l
                 WHERE l.product_id = p.id AND l.reason IN ('created', 'restocked', 'withdrawn')) AS put_on_sale,
                (SELECT CAST(COALESCE(SUM(o.quantity), 0) AS SIGNED) FROM orders o
                 WHERE o.product_id = p.id AND o.status IN ('held', 'pending', 'completed')) AS live_units
            FROM products p WHERE p.id = ?
            """
        try expectNone(
            .stock,
            "available stock, total stock, ledger and live orders do not agree",
            product,
            """
            SELECT * FROM (\(sums)) AS sums
            WHERE available <> ledger OR total <> put_on_sale OR live_units <> total - available
            """,
            [id]
        )
        try expectNone(
            .stock,
            "the ledger falls below 0 at this row",
            product,
            """
            SELECT ledger_row, delta, reason, available FROM (
                SELECT id AS ledger_row, delta, reason,
                    CAST(SUM(delta) OVER (ORDER BY id) AS SIGNED) AS available
                FROM stock_ledger WHERE product_id = ?
            ) AS prefixes WHERE available < 0
            """,
            [id]
        )
        try checkBatches(product)
    }

    /// What a batch took by the ledger is what its orders were given.
    private mutating func checkBatches(_ product: ProductID) throws {
        let id = MariaDBValue.integer(product.rawValue)
        try expectNone(
            .stock,
            "the units that the batch took are not those of its orders",
            product,
            """
            SELECT batch, CAST(-SUM(taken) AS SIGNED) AS ledger_units, CAST(SUM(ordered) AS SIGNED) AS ordered_units
            FROM (
                SELECT batch, delta AS taken, 0 AS ordered FROM stock_ledger
                WHERE product_id = ? AND reason = 'ordered'
                UNION ALL
                SELECT batch, 0, quantity FROM decisions WHERE product_id = ? AND outcome = 'ordered'
            ) AS moves GROUP BY batch HAVING ledger_units <> ordered_units
            """,
            [id, id]
        )
    }

    /// Invariant 5: what came back, and what was taken again, order by order.
    mutating func checkReleases(_ product: ProductID) throws {
        let id = MariaDBValue.integer(product.rawValue)
        findings.count(try number("SELECT COUNT(*) FROM orders WHERE product_id = ?", [id]), for: .releases)
        try expectNone(
            .releases,
            "the order's units did not come back as its state says",
            product,
            """
            SELECT o.ticket, o.user_id AS user, o.status, o.quantity, COALESCE(m.releases, 0) AS releases,
                COALESCE(m.takes, 0) AS takes, COALESCE(m.units, 0) AS units_back, m.reason
            FROM orders o LEFT JOIN (
                SELECT ticket, CAST(SUM(delta > 0) AS SIGNED) AS releases, CAST(SUM(delta < 0) AS SIGNED) AS takes,
                    CAST(SUM(delta) AS SIGNED) AS units, MAX(ABS(delta)) AS largest, MIN(ABS(delta)) AS smallest,
                    MAX(IF(delta > 0, CAST(reason AS CHAR), NULL)) AS reason
                FROM stock_ledger WHERE product_id = ? AND ticket IS NOT NULL GROUP BY ticket
            ) AS m ON m.ticket = o.ticket
            WHERE o.product_id = ? AND NOT CASE
                WHEN m.ticket IS NULL THEN o.status IN ('held', 'pending', 'completed')
                WHEN m.largest <> o.quantity OR m.smallest <> o.quantity OR m.releases <> 1 THEN FALSE
                WHEN o.status = 'completed' THEN m.takes = 1
                WHEN o.status = 'expired' THEN m.takes = 0 AND m.reason = 'expired'
                WHEN o.status = 'cancelled' THEN m.takes = 0 AND m.reason IN ('given_back', 'payment_failed')
                WHEN o.status = 'refund_due' THEN m.takes = 0
                ELSE FALSE
            END
            """,
            [id, id]
        )
        try expectNone(
            .releases,
            "units came back for an order that does not exist",
            product,
            """
            SELECT l.id AS ledger_row, l.ticket, l.delta, l.reason
            FROM stock_ledger l LEFT JOIN orders o ON o.product_id = l.product_id AND o.ticket = l.ticket
            WHERE l.product_id = ? AND l.ticket IS NOT NULL AND o.ticket IS NULL
            """,
            [id]
        )
    }
}
