import FlashSale
import Redis

/// What the script `standing` has answered about some users.
struct ShownStandings {
    private let reply: ScriptReply
    private let product: ProductID
    private let servedTicket: Int64
    private let lastTicket: Int64
    private let saleState: SaleState
    private let stockState: StockState
    private let drawAt: Timestamp?

    /// - Parameter drawAt: When the product is drawn; nil where nothing is known of a draw.
    /// - Throws: ``UnknownSale``, and whatever is wrong with the reply.
    init(_ reply: ScriptReply, _ product: ProductID, drawAt: Timestamp?) throws {
        switch reply.word {
        case "standings": break
        case "unknown": throw UnknownSale(product: product)
        default: throw reply.unexpected()
        }
        guard let state = SaleState(rawValue: try reply.text(3)), let stock = StockState(rawValue: try reply.text(4))
        else { throw reply.unexpected() }
        self.reply = reply
        self.drawAt = drawAt
        self.product = product
        servedTicket = try reply.integer(1)
        lastTicket = try reply.integer(2)
        saleState = state
        stockState = stock
    }

    /// Whether the product may be drawn for all that the reply says: then there may be entries that it does not show.
    var mayBeDrawn: Bool { saleState == .upcoming && drawAt == nil }

    /// Where a user stands; nil for nowhere.
    ///
    /// - Parameters:
    ///   - index: Which of the users that were asked about, counted from 0.
    ///   - user: The same user.
    func standing(_ index: Int, _ user: UserID) throws -> Standing? {
        let start = 5 + 5 * index
        guard let ticket = Ticket(try reply.integer(start)) else { return nil }
        guard let status = PurchaseStatus(rawValue: try reply.text(start + 2)) else { throw reply.unexpected() }
        let expires = try reply.integer(start + 4)
        let order = try reply.integer(start + 3)
        return Standing(
            status: status,
            product: product,
            user: user,
            ticket: ticket,
            quantity: Int(try reply.integer(start + 1)),
            order: OrderID(product: product, ticket: Ticket(status == .entered ? 0 : order) ?? ticket),
            servedTicket: servedTicket,
            lastTicket: lastTicket,
            cartExpiresAt: expires > 0 ? Timestamp(milliseconds: expires) : nil,
            saleState: saleState,
            stockState: stockState,
            draw: status == .entered ? drawAt.map { PendingDraw(entrants: order, drawAt: $0) } : nil
        )
    }
}
