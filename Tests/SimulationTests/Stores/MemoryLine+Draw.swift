import FlashSale

extension MemoryLine {
    /// Whether nobody can enter any more: a ticket that is no entry's was handed out after the draw's time.
    private func isEnteringOver(_ sale: LineState.Sale, _ drawAt: Int64) -> Bool {
        now >= drawAt || sale.isEnteringOver || sale.lastTicket != max(sale.lastEntry, sale.firstTicket)
    }

    /// Enters a draw, or finds the entry that the user has; nil when entering is over, or nothing is drawn.
    func enter(_ product: ProductID, _ user: UserID, quantity: Int) -> Joined? {
        let index = product.index
        guard var sale = products[index].sale, sale.nonce != nil, let drawAt = sale.drawAt else { return nil }
        if let cart = products[index].carts[user], cart.isEntry, cart.quantity > 0, cart.expiresAt > now {
            return .told(standing(of: user, for: product, renewsCart: false))
        }
        if isEnteringOver(sale, drawAt) { return nil }
        guard sale.soldOutAfter == nil, !sale.isPaused, quantity <= sale.maxPerUser,
            products[index].carts.values.count(where: { $0.isEntry && $0.quantity > 0 }) < sale.maxQueue,
            let number = Ticket(sale.lastTicket + 1)
        else { return .refused }
        sale.lastTicket += 1
        sale.lastEntry = sale.lastTicket
        products[index].sale = sale
        products[index].entries.append(
            LineState.DrawEntry(number: number.rawValue, user: user, quantity: quantity)
        )
        products[index].carts[user] = LineState.Cart(
            ticket: number,
            quantity: quantity,
            expiresAt: drawAt + 86_400_000,
            isEntry: true
        )
        return .entered(number)
    }

    /// Takes an entry back; nil when the user has none.
    func withdraw(_ product: ProductID, _ user: UserID) -> Ticket? {
        let index = product.index
        guard products[index].sale?.nonce != nil, let cart = products[index].carts[user], cart.isEntry else {
            return nil
        }
        products[index].carts[user]?.quantity = 0
        return cart.ticket
    }

    func closeEntries(of product: ProductID, fence: Fence) throws -> EntriesAnswer {
        let index = product.index
        guard let sale = products[index].sale else { return .missing }
        try compare(fence, sale, product)
        guard sale.nonce != nil, let drawAt = sale.drawAt else { return .missing }
        if now < drawAt { return .early(.milliseconds(drawAt - now)) }
        products[index].sale?.isEnteringOver = true
        return .closed(
            firstTicket: sale.firstTicket,
            lastEntry: max(sale.lastEntry, sale.firstTicket),
            count: products[index].entries.count
        )
    }

    func entries(of product: ProductID, fence: Fence, before: Int, limit: Int) throws -> EntryPage? {
        let state = products[product.index]
        guard let sale = state.sale else { return nil }
        try compare(fence, sale, product)
        guard sale.nonce != nil else { return nil }
        let page = state.entries.dropFirst(before).prefix(limit)
        let lines = page.map { entry -> String in
            let cart = state.carts[entry.user]
            let isLive =
                cart?.isEntry == true && cart?.ticket.rawValue == entry.number && cart?.quantity == entry.quantity
            if !isLive { paths.count(.entryLeft) }
            return isLive ? "\(entry.number) \(entry.quantity) \(entry.user)\n" : ""
        }
        return EntryPage(read: page.count, text: Array(lines.joined().utf8))
    }

    func place(_ chunk: DrawnChunk, fence: Fence) throws -> Int? {
        let index = chunk.product.index
        guard var sale = products[index].sale else { return nil }
        try compare(fence, sale, chunk.product)
        guard sale.nonce == chunk.nonce else { return nil }
        guard sale.placedRank == chunk.rank else {
            paths.count(.chunkRepeated)
            return sale.placedRank
        }
        if chunk.rank == 0, sale.servedTicket < chunk.ticket - 1 {
            sale.servedTicket = chunk.ticket - 1
            sale.claimedTicket = chunk.ticket - 1
        }
        let entries = try RosterPage.entries(of: chunk.text)
        for (rank, entry) in entries.enumerated() {
            guard let ticket = Ticket(chunk.ticket + Int64(rank)) else { continue }
            let cart = products[index].carts[entry.user]
            let isOwn = cart?.isEntry == true && cart?.ticket.rawValue == entry.number
            if isOwn {
                products[index].carts[entry.user]?.ticket = ticket
                products[index].carts[entry.user]?.isEntry = false
            }
            if sale.soldOutAfter == nil {
                products[index].drawn.append(.place(ticket, entry.user, quantity: entry.quantity))
                if cart != nil, !isOwn || cart?.quantity == 0 {
                    paths.count(.drawnHadLeft)
                    products[index].left.insert(ticket.rawValue)
                }
            }
        }
        sale.placedRank = chunk.rank + entries.count
        if sale.placedRank >= chunk.total { products[index].entries = [] }
        products[index].sale = sale
        return sale.placedRank
    }
}
