import FlashSale
import Redis

/// What the script `enqueue` has answered to some users, or `enter`.
struct JoinReply {
    private let reply: ScriptReply
    private let product: ProductID
    private let requests: [JoinRequest]
    private let isKnown: Bool
    private let drawAt: Timestamp?

    /// - Parameters:
    ///   - requests: What its users asked for, in their order.
    ///   - drawAt: When the product is drawn; nil for `enqueue`.
    /// - Throws: Whatever is wrong with the reply.
    init(_ reply: ScriptReply, _ product: ProductID, to requests: [JoinRequest], drawAt: Timestamp? = nil) throws {
        switch reply.word {
        case "answers": isKnown = true
        case "unknown": isKnown = false
        default: throw reply.unexpected()
        }
        self.reply = reply
        self.product = product
        self.drawAt = drawAt
        self.requests = requests
    }

    /// Whether the line is not open: then the product may be drawn, and takes entries.
    var mayBeDrawn: Bool { isKnown && (try? reply.text(4)) == SaleState.upcoming.rawValue }

    /// The last ticket that was handed out, and the nonce of its line; nil for an unknown one.
    func lastTicket() throws -> HandedOutTickets.Highest? {
        guard isKnown else { return nil }
        return HandedOutTickets.Highest(nonce: try reply.text(1), ticket: try reply.integer(3))
    }

    /// All answers: what is wrong with one user's is not the others'.
    func all() throws -> [Result<JoinAnswer, any Error>] {
        guard isKnown else { return requests.map { _ in .success(.refused(.unknownProduct)) } }
        guard let state = SaleState(rawValue: try reply.text(4)), let stock = StockState(rawValue: try reply.text(5))
        else { throw reply.unexpected() }
        let decoder = QueueStatusDecoder(
            product: product,
            servedTicket: try reply.integer(2),
            lastTicket: try reply.integer(3),
            saleState: state,
            stockState: stock,
            drawAt: drawAt
        )
        let newCartExpiresAt = try reply.integer(6)
        return requests.enumerated().map { index, request in
            Result { try answer(7 + index, to: request, decoder, newCartExpiresAt) }
        }
    }

    /// Which users have come too late to enter: they have no answer yet, and a place behind the drawn.
    func late() throws -> [Int] {
        guard isKnown else { return [] }
        return try requests.indices.filter { index in
            guard try reply.ticketIfInteger(7 + index) == nil else { return false }
            return try reply.inner(7 + index).word == "late"
        }
    }

    private func answer(
        _ index: Int,
        to request: JoinRequest,
        _ decoder: QueueStatusDecoder,
        _ newCartExpiresAt: Int64
    ) throws -> JoinAnswer {
        if let ticket = try reply.ticketIfInteger(index) {
            return .joined(decoder.newPlace(request, ticket, cartExpiresAt: newCartExpiresAt))
        }
        let answer = try reply.inner(index)
        func standing() throws -> Standing {
            guard let standing = try decoder.status(of: request.user, in: answer, at: 1) else {
                throw answer.unexpected("a ticket below 1")
            }
            return standing
        }
        switch answer.word {
        case "entered": return .joined(try standing())
        case "in_line": return .alreadyInLine(try standing())
        case "decided": return .alreadyDecided(try standing())
        default: return .refused(try refusal(answer))
        }
    }

    private func refusal(_ answer: ScriptReply) throws -> JoinRefusal {
        switch answer.word {
        case "sold_out": return .soldOut
        case "paused": return .paused
        case "closed": return .closed(closedAt: Timestamp(milliseconds: try answer.integer(1)))
        case "not_open": return .notOpenYet(opensAt: Timestamp(milliseconds: try answer.integer(1)))
        case "quantity": return .quantityTooHigh(maximum: Int(try answer.integer(1)))
        case "full": return .queueFull(maximum: Int(try answer.integer(1)))
        case "rate_limited": return .rateLimited(retryAfterSeconds: Int(try answer.integer(1)))
        case "already_purchased":
            let ticket = Ticket(try answer.integer(1))
            return .alreadyPurchased(order: ticket.map { OrderID(product: product, ticket: $0) })
        default: throw answer.unexpected()
        }
    }
}
