import FlashSale
import Redis

/// Reads where users stand from what the scripts of the line answer.
///
/// All of them write five values for a user, in this order: ticket (0 for nowhere), quantity, status, order and
/// cart_expires_at (0 for none). An entry for a draw has the number of entrants in place of its order.
struct QueueStatusDecoder {
    let product: ProductID
    let servedTicket: Int64
    let lastTicket: Int64
    let saleState: SaleState
    let stockState: StockState
    /// When the product is drawn; nil where nothing is known of a draw.
    let drawAt: Timestamp?

    /// Where a user stands; nil for nowhere.
    ///
    /// - Parameter start: Where the user's five values begin.
    func status(of user: UserID, in values: some ScriptValues, at start: Int) throws -> Standing? {
        guard let ticket = Ticket(try values.integer(start)) else { return nil }
        guard let status = PurchaseStatus(rawValue: try values.text(start + 2)) else {
            throw values.unexpected("a status '\(try values.text(start + 2))'")
        }
        let quantity = Int(try values.integer(start + 1))
        let order = try values.integer(start + 3)
        let expires = try values.integer(start + 4)
        guard status == .entered else {
            return standing(status, user, ticket, quantity: quantity, order: Ticket(order) ?? ticket, expires)
        }
        var standing = standing(status, user, ticket, quantity: quantity, order: ticket, expires)
        standing.draw = drawAt.map { PendingDraw(entrants: order, drawAt: $0) }
        return standing
    }

    /// Where a user stands who has just got a place.
    func newPlace(_ request: JoinRequest, _ ticket: Ticket, cartExpiresAt: Int64) -> Standing {
        standing(.queued, request.user, ticket, quantity: request.quantity, order: ticket, cartExpiresAt)
    }

    private func standing(
        _ status: PurchaseStatus,
        _ user: UserID,
        _ ticket: Ticket,
        quantity: Int,
        order: Ticket,
        _ cartExpiresAt: Int64
    ) -> Standing {
        Standing(
            status: status,
            product: product,
            user: user,
            ticket: ticket,
            quantity: quantity,
            order: OrderID(product: product, ticket: order),
            servedTicket: servedTicket,
            lastTicket: lastTicket,
            cartExpiresAt: cartExpiresAt > 0 ? Timestamp(milliseconds: cartExpiresAt) : nil,
            saleState: saleState,
            stockState: stockState
        )
    }
}
