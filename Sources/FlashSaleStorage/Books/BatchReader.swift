import FlashSale
import MariaDB

/// What the tables say about the entries of one claim.
struct BatchReader {
    private let connection: MariaDBConnection
    private let claim: Claim
    private let product: ProductID
    private let size: Int

    /// - Parameter size: The most entries of a claim: statements are prepared for that many.
    init(claim: Claim, product: ProductID, size: Int, _ connection: MariaDBConnection) {
        self.connection = connection
        self.claim = claim
        self.product = product
        self.size = size
    }

    /// What looks for orders of the claim's users: one statement for a claim of the usual size.
    ///
    /// The same prepared statement for every batch: short batches repeat a user.
    var liveOrderStatements: [MariaDBStatement] {
        let users = claim.entries.filter { $0.cart == .live }.map(\.user.rawValue)
        let marks = Array(repeating: "?", count: size).joined(separator: ",")
        return stride(from: 0, to: users.count, by: size).map { start in
            let chunk = users[start..<min(start + size, users.count)]
            let padded = chunk + repeatElement(users[start], count: size - chunk.count)
            return MariaDBStatement(
                "SELECT active_user, ticket FROM orders WHERE product_id = ? AND active_user IN (\(marks))",
                [.integer(product.rawValue)] + padded.map { .string($0) }
            )
        }
    }

    /// Users of the claim who have a live order, with its ticket, from the rows of ``liveOrderStatements``.
    func liveOrders(in rows: [MariaDBRow]) throws -> [UserID: Ticket] {
        var orders: [UserID: Ticket] = [:]
        for row in rows { orders[try UserID(try row.string("active_user"))] = try ticket(row, "ticket") }
        return orders
    }

    /// What an earlier attempt has committed of this batch, with the orders as they are by now.
    func decided() throws -> [Ticket: Decision] {
        let tickets = claim.entries.map(\.ticket)
        guard let first = tickets.min(), let last = tickets.max() else { return [:] }
        let rows = try connection.query(
            """
            SELECT d.ticket, d.user_id, d.quantity, d.outcome, d.order_ticket, o.status
            FROM decisions d LEFT JOIN orders o ON o.product_id = d.product_id AND o.ticket = d.ticket
            WHERE d.product_id = ? AND d.ticket BETWEEN ? AND ?
            """,
            [.integer(product.rawValue), .integer(first.rawValue), .integer(last.rawValue)]
        )
        var decided: [Ticket: Decision] = [:]
        for row in rows {
            let ticket = try ticket(row, "ticket")
            let word = try row.optionalString("status") ?? row.string("outcome")
            guard let status = PurchaseStatus(rawValue: word) else {
                throw StoreUnavailable(reason: "ticket \(ticket) has the unknown outcome '\(word)'")
            }
            decided[ticket] = Decision(
                ticket: ticket,
                user: try UserID(try row.string("user_id")),
                quantity: try row.int("quantity"),
                status: status,
                order: try row.optionalInt("order_ticket").flatMap { Ticket(Int64($0)) }
            )
        }
        return decided
    }

    private func ticket(_ row: MariaDBRow, _ column: String) throws -> Ticket {
        guard let ticket = Ticket(Int64(try row.int(.name(column)))) else {
            throw StoreUnavailable(reason: "a row holds a ticket that no line hands out")
        }
        return ticket
    }
}
