public import FlashSale
import MariaDB

extension MariaDBSaleBooks {
    /// Decisions as their users are to be shown them today.
    ///
    /// Whoever was refused for an order that is over by now is shown that order, as when its end was shown.
    public func outcomes(of product: ProductID, after ticket: Int64, limit: Int) async throws -> OutcomePage {
        try await database.onConnection { connection in
            let rows = try connection.query(
                """
                SELECT d.ticket, d.user_id, d.quantity, COALESCE(o.status, d.outcome) AS status, d.order_ticket,
                    h.ticket AS ended_ticket, h.quantity AS ended_quantity, h.status AS ended_status
                FROM decisions d
                LEFT JOIN orders o ON o.product_id = d.product_id AND o.ticket = d.ticket
                LEFT JOIN orders h ON h.product_id = d.product_id
                    AND h.ticket = IF(d.outcome = 'already_purchased', d.order_ticket, 0)
                    AND h.status IN ('cancelled', 'expired', 'refund_due')
                WHERE d.product_id = ? AND d.ticket > ? ORDER BY d.ticket LIMIT ?
                """,
                [.integer(product.rawValue), .integer(ticket), .integer(Int64(limit))]
            )
            let last = rows.count < limit ? nil : try rows.last.map { Int64(try $0.int("ticket")) }
            return OutcomePage(after: ticket, lastTicket: last, outcomes: try rows.map(Self.outcome))
        }
    }

    private static func outcome(_ row: MariaDBRow) throws -> Decision {
        let user = try UserID(try row.string("user_id"))
        if let ended = try row.optionalInt("ended_ticket").flatMap({ Ticket(Int64($0)) }) {
            let status = try purchaseStatus(try row.string("ended_status"), of: ended)
            return Decision(
                ticket: ended,
                user: user,
                quantity: try row.int("ended_quantity"),
                status: status,
                order: ended
            )
        }
        guard let ticket = Ticket(Int64(try row.int("ticket"))) else {
            throw StoreUnavailable(reason: "a row holds a ticket that no line hands out")
        }
        return Decision(
            ticket: ticket,
            user: user,
            quantity: try row.int("quantity"),
            status: try purchaseStatus(try row.string("status"), of: ticket),
            order: try row.optionalInt("order_ticket").flatMap { Ticket(Int64($0)) }
        )
    }

    private static func purchaseStatus(_ word: String, of ticket: Ticket) throws -> PurchaseStatus {
        guard let status = PurchaseStatus(rawValue: word) else {
            throw StoreUnavailable(reason: "ticket \(ticket) has the unknown outcome '\(word)'")
        }
        return status
    }
}
