import FlashSale
import MariaDB

extension Order {
    /// The columns that ``init(row:)`` reads, for a table that goes by the name `o`.
    static let columns = """
        o.product_id, o.ticket, o.user_id, o.quantity, o.unit_price, o.currency, o.status, o.is_checked_out, o.created_at,
        o.hold_expires_at, o.expires_at, o.checked_out_at, o.paid_at, o.ended_at
        """

    /// Reads a row of `orders`.
    init(row: MariaDBRow) throws {
        guard let product = ProductID(Int64(try row.int("product_id"))),
            let ticket = Ticket(Int64(try row.int("ticket"))),
            let currency = Currency(try row.string("currency")),
            let price = Money(minorUnits: Int64(try row.int("unit_price")), currency: currency),
            let status = OrderStatus(rawValue: try row.string("status"))
        else { throw StoreUnavailable(reason: "a row of orders holds values that no order has") }
        let time = { (column: MariaDBRow.Column) in try row.optionalDateTime(column).map(Timestamp.init) }
        self.init(
            id: OrderID(product: product, ticket: ticket),
            user: try UserID(try row.string("user_id")),
            quantity: try row.int("quantity"),
            unitPrice: price,
            state: OrderState(
                status: status,
                wasHeld: try time("hold_expires_at") != nil,
                isCheckedOut: try row.bool("is_checked_out"),
                isPaid: try time("paid_at") != nil
            ),
            createdAt: Timestamp(try row.dateTime("created_at")),
            holdExpiresAt: try time("hold_expires_at"),
            expiresAt: try time("expires_at"),
            checkedOutAt: try time("checked_out_at"),
            paidAt: try time("paid_at"),
            endedAt: try time("ended_at")
        )
    }

    /// Reads one order; nil when the ticket has none.
    ///
    /// - Parameter locking: Lock it too; only under the lock of its product.
    static func read(_ id: OrderID, _ connection: MariaDBConnection, locking: Bool = false) throws -> Order? {
        let sql = "SELECT \(columns) FROM orders o WHERE o.product_id = ? AND o.ticket = ?"
        return try connection.query(sql + (locking ? " FOR UPDATE" : ""), id.parameters).first.map(Order.init)
    }

    /// Reads one page.
    static func read(_ page: OrderPage, _ connection: MariaDBConnection) throws -> [Order] {
        var conditions: [String] = []
        var parameters: [MariaDBValue] = []
        if let product = page.product {
            conditions.append("o.product_id = ?")
            parameters.append(.integer(product.rawValue))
        }
        if let user = page.user {
            conditions.append("o.user_id = ?")
            parameters.append(.string(user.rawValue))
        }
        if page.isHolds { conditions.append("o.hold_expires_at IS NOT NULL AND o.status = 'held'") }
        if !page.statuses.isEmpty {
            let marks = Array(repeating: "?", count: page.statuses.count).joined(separator: ", ")
            conditions.append("o.status IN (\(marks))")
            parameters += page.statuses.map(\.rawValue).sorted().map { .string($0) }
        }
        if let after = page.after {
            conditions.append("(o.product_id > ? OR (o.product_id = ? AND o.ticket > ?))")
            parameters += [.integer(after.product.rawValue)] + after.parameters
        }
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try connection.query(
            "SELECT \(columns) FROM orders o \(filter) ORDER BY o.product_id, o.ticket LIMIT ?",
            parameters + [.integer(Int64(min(max(1, page.size), OrderPage.maximumSize)))]
        ).map(Order.init)
    }
}

extension OrderID {
    /// Product and ticket, as the parameters of a statement.
    var parameters: [MariaDBValue] { [.integer(product.rawValue), .integer(ticket.rawValue)] }
}
