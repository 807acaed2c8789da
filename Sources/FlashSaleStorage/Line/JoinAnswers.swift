import FlashSale
import Redis

/// What the script `enqueue` has answered to some users, or `enter`.
struct JoinAnswers {
    private let reply: ScriptReply
    private let requests: [JoinRequest]
    private let isKnown: Bool
    private let drawAt: Timestamp?

    /// - Parameters:
    ///   - requests: The wishes of all its users, in their order.
    ///   - drawAt: When the product is drawn; nil for `enqueue`.
    /// - Throws: Whatever is wrong with the reply.
    init(_ reply: ScriptReply, to requests: [JoinRequest], drawAt: Timestamp? = nil) throws {
        switch reply.word {
        case "answers": isKnown = true
        case "unknown": isKnown = false
        default: throw reply.unexpected()
        }
        self.reply = reply
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
        let sale = Sale(
            servedTicket: try reply.integer(2),
            lastTicket: try reply.integer(3),
            state: state,
            stock: stock,
            newCartExpiresAt: try reply.integer(6)
        )
        return requests.enumerated().map { index, request in
            Result { try answer(7 + index, to: request, sale) }
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

    /// What is the same for all users.
    private struct Sale {
        let servedTicket: Int64
        let lastTicket: Int64
        let state: SaleState
        let stock: StockState
        let newCartExpiresAt: Int64

        func standing(
            _ status: PurchaseStatus,
            _ request: JoinRequest,
            _ ticket: Ticket,
            quantity: Int,
            order: Ticket,
            cartExpiresAt: Int64
        ) -> Standing {
            Standing(
                status: status,
                product: request.product,
                user: request.user,
                ticket: ticket,
                quantity: quantity,
                order: OrderID(product: request.product, ticket: order),
                servedTicket: servedTicket,
                lastTicket: lastTicket,
                cartExpiresAt: cartExpiresAt > 0 ? Timestamp(milliseconds: cartExpiresAt) : nil,
                saleState: state,
                stockState: stock
            )
        }
    }

    private func answer(_ index: Int, to request: JoinRequest, _ sale: Sale) throws -> JoinAnswer {
        if let ticket = try reply.ticketIfInteger(index) {
            let quantity = request.quantity
            let expires = sale.newCartExpiresAt
            return .joined(
                sale.standing(.queued, request, ticket, quantity: quantity, order: ticket, cartExpiresAt: expires)
            )
        }
        let answer = try reply.inner(index)
        switch answer.word {
        case "entered": return .joined(try standing(answer, request, sale))
        case "in_line": return .alreadyInLine(try standing(answer, request, sale))
        case "decided": return .alreadyDecided(try standing(answer, request, sale))
        default: return .refused(try refusal(answer, request.product))
        }
    }

    private func standing(_ answer: ScriptReply, _ request: JoinRequest, _ sale: Sale) throws -> Standing {
        let ticket = try answer.ticket(1)
        guard let status = PurchaseStatus(rawValue: try answer.text(3)) else { throw answer.unexpected() }
        let order = try answer.integer(4)
        let isEntered = status == .entered
        var standing = sale.standing(
            status,
            request,
            ticket,
            quantity: Int(try answer.integer(2)),
            order: Ticket(isEntered ? 0 : order) ?? ticket,
            cartExpiresAt: try answer.integer(5)
        )
        if isEntered { standing.draw = drawAt.map { PendingDraw(entrants: order, drawAt: $0) } }
        return standing
    }

    private func refusal(_ answer: ScriptReply, _ product: ProductID) throws -> JoinRefusal {
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
