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

    /// - Throws: ``UnknownSale``, and whatever is wrong with the reply.
    init(_ reply: ScriptReply, _ product: ProductID) throws {
        switch reply.word {
        case "standings": break
        case "unknown": throw UnknownSale(product: product)
        default: throw reply.unexpected()
        }
        guard let state = SaleState(rawValue: try reply.text(3)), let stock = StockState(rawValue: try reply.text(4))
        else { throw reply.unexpected() }
        self.reply = reply
        self.product = product
        servedTicket = try reply.integer(1)
        lastTicket = try reply.integer(2)
        saleState = state
        stockState = stock
    }

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
        return Standing(
            status: status,
            product: product,
            user: user,
            ticket: ticket,
            quantity: Int(try reply.integer(start + 1)),
            order: OrderID(product: product, ticket: Ticket(try reply.integer(start + 3)) ?? ticket),
            servedTicket: servedTicket,
            lastTicket: lastTicket,
            cartExpiresAt: expires > 0 ? Timestamp(milliseconds: expires) : nil,
            saleState: saleState,
            stockState: stockState
        )
    }
}
