import FlashSale
import Redis

/// What the script `standing` has answered about some users, or `draw_standing`.
struct QueueStatusReply {
    private let reply: ScriptReply
    private let decoder: QueueStatusDecoder

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
        decoder = QueueStatusDecoder(
            product: product,
            servedTicket: try reply.integer(1),
            lastTicket: try reply.integer(2),
            saleState: state,
            stockState: stock,
            drawAt: drawAt
        )
    }

    /// Whether the product may be drawn for all that the reply says: then there may be entries that it does not show.
    var mayBeDrawn: Bool { decoder.saleState == .upcoming && decoder.drawAt == nil }

    /// Where the users stand, in the order in which they were asked about: what is wrong with one is not the others'.
    func all(_ users: [UserID]) -> [Result<Standing?, any Error>] {
        users.enumerated().map { index, user in
            Result { try decoder.status(of: user, in: reply, at: 5 + 5 * index) }
        }
    }
}
