import FlashSale

extension MemoryLine {
    /// What a user is told.
    enum Told {
        /// Redis does not know the sale: 503.
        case unknown
        /// No place, no outcome.
        case nothing
        /// Where the user stands; the decision's state is `queued` for who waits.
        case standing(Decision)
    }

    /// What becomes of a wish to buy.
    enum Joined {
        case place(Ticket)
        /// An entry of a draw, by its number.
        case entered(Ticket)
        case told(Told)
        case refused
    }

    /// Takes a place in line.
    ///
    /// - Parameter highest: The highest ticket that the API has handed out, and the line's nonce then.
    func join(
        _ product: ProductID,
        _ user: UserID,
        quantity: Int,
        highest: (nonce: String?, ticket: Int64)
    ) -> Joined {
        let index = product.index
        guard var sale = products[index].sale, sale.nonce != nil else { return .told(.unknown) }
        if dropOlderCopy(product, highest) { return .told(.unknown) }
        if let entered = enter(product, user, quantity: quantity) { return entered }
        if case .standing(let known) = standing(of: user, for: product, renewsCart: true) {
            switch known.status {
            case .entered, .queued, .held, .pending, .completed, .alreadyPurchased: return .told(.standing(known))
            case .left, .cartExpired, .soldOut, .cancelled, .expired, .refundDue, .failed: break
            }
        }
        guard sale.soldOutAfter == nil, !sale.isPaused, quantity <= sale.maxPerUser,
            products[index].queue.count < sale.maxQueue, let ticket = Ticket(sale.lastTicket + 1)
        else { return .refused }
        sale.lastTicket += 1
        products[index].sale = sale
        let end = now + Int64(sale.cartSeconds) * 1_000
        products[index].carts[user] = LineState.Cart(ticket: ticket, quantity: quantity, expiresAt: end)
        products[index].queue.append(.place(ticket, user, quantity: quantity))
        return .place(ticket)
    }

    /// Whether the line has handed out fewer tickets than the API has seen; then it is none any more.
    func dropOlderCopy(_ product: ProductID, _ highest: (nonce: String?, ticket: Int64)) -> Bool {
        let index = product.index
        guard let sale = products[index].sale, let nonce = sale.nonce, nonce == highest.nonce,
            sale.lastTicket < highest.ticket
        else { return false }
        products[index].sale?.nonce = nil
        return true
    }

    /// Where a user stands.
    func standing(of user: UserID, for product: ProductID, renewsCart: Bool) -> Told {
        let index = product.index
        guard let sale = products[index].sale, sale.nonce != nil else { return .unknown }
        let cart = cart(of: user, products[index], sale)
        guard let known = standing(of: user, cart, products[index].outcomes[user], sale) else { return .nothing }
        if renewsCart, known.status != .left, let cart {
            let whole = Int64(sale.cartSeconds) * 1_000
            if (cart.expiresAt - now) * 2 < whole { products[index].carts[user]?.expiresAt = now + whole }
        }
        return .standing(known)
    }

    /// Gives a place up; returns the ticket when it is given up now or was before.
    func leave(_ product: ProductID, _ user: UserID) -> Ticket? {
        if let number = withdraw(product, user) { return number }
        let index = product.index
        guard let sale = products[index].sale, sale.nonce != nil else { return nil }
        let cart = cart(of: user, products[index], sale)
        guard let known = standing(of: user, cart, products[index].outcomes[user], sale) else { return nil }
        if known.status == .left { return known.ticket }
        guard known.status == .queued, known.ticket.rawValue > sale.claimedTicket else { return nil }
        let end = now + Int64(sale.cartSeconds) * 1_000
        products[index].carts[user] = LineState.Cart(ticket: known.ticket, quantity: 0, expiresAt: end)
        products[index].left.insert(known.ticket.rawValue)
        return known.ticket
    }

    private func cart(of user: UserID, _ state: LineState, _ sale: LineState.Sale) -> LineState.Cart? {
        guard let cart = state.carts[user], cart.expiresAt > now, cart.ticket.rawValue > sale.firstTicket else {
            return nil
        }
        return cart
    }

    private func standing(
        of user: UserID,
        _ cart: LineState.Cart?,
        _ outcome: Decision?,
        _ sale: LineState.Sale
    ) -> Decision? {
        if let cart, cart.isEntry, outcome.map({ $0.ticket <= cart.ticket }) ?? true {
            let status: PurchaseStatus = cart.quantity == 0 ? .left : .entered
            return Decision(ticket: cart.ticket, user: user, quantity: cart.quantity, status: status)
        }
        if let outcome, (cart?.ticket.rawValue ?? 0) <= outcome.ticket.rawValue { return outcome }
        guard let cart else { return nil }
        let ticket = cart.ticket.rawValue
        var status = PurchaseStatus.queued
        if cart.quantity == 0 {
            status = .left
        } else if ticket <= sale.servedTicket || ticket > sale.soldOutAfter ?? .max {
            status = .soldOut
        }
        return Decision(ticket: cart.ticket, user: user, quantity: cart.quantity, status: status, order: cart.ticket)
    }
}
