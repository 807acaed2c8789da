import FlashSale

extension World {
    /// Keeps who has entered, and not left, when entering ends for the first time.
    func noteEntrants(of product: ProductID) {
        guard entrants[product.index] == nil else { return }
        let carts = line.products[product.index].carts.filter { $0.value.isEntry && $0.value.quantity > 0 }
        entrants[product.index] = carts.mapValues { DrawEntrant(number: $0.ticket.rawValue, quantity: $0.quantity) }
    }

    /// A chunk of the drawn has its places: those that the order gives them, drawn anew from what is on record.
    func judge(placed chunk: DrawnChunk) {
        let index = chunk.product.index
        let shelf = books.shelves[index]
        guard let draw = shelf.draw, let roster = draw.roster, draw.isDrawn, let key = draw.document.key,
            let order = DrawnRoster(shelf.rosterPages, entrants: roster.entrants, key: key),
            let entries = try? RosterPage.entries(of: chunk.text)
        else { return complain("product \(chunk.product): places before the draw is made") }
        if order.text(of: chunk.rank..<chunk.rank + entries.count) != chunk.text {
            complain("product \(chunk.product): places in another order than the drawn one")
        }
        let places = entries.enumerated().compactMap { rank, entry in
            Ticket(roster.firstTicket.rawValue + Int64(chunk.rank + rank)).map {
                HandedOut(ticket: $0, user: entry.user, quantity: entry.quantity, losses: losses)
            }
        }
        for place in places where handedOut[index].contains(where: { $0.ticket == place.ticket }) {
            complain("product \(chunk.product): ticket \(place.ticket) was placed before")
        }
        handedOut[index].insert(contentsOf: places, at: chunk.rank)
        paths.count(.drawnPlaced)
    }

    /// Each entrant has one place, nobody else has one, and the drawn are decided before whoever came later.
    func judgeDraw(of shelf: Shelf) {
        guard let draw = shelf.draw else { return }
        let (product, known) = (shelf.product.id, entrants[shelf.product.id.index] ?? [:])
        guard let roster = draw.roster, draw.isPlaced else {
            return complain("product \(product): the draw is not over")
        }
        let drawn = handedOut[product.index].filter { roster.includes($0.ticket) }
        if drawn.count != roster.entrants { complain("\(drawn.count) of \(roster.entrants) drawn have a place") }
        if Set(drawn.map(\.user)).count != drawn.count { complain("product \(product): somebody was drawn twice") }
        for place in drawn where known[place.user]?.quantity != place.quantity {
            complain(
                "\(place.user) was drawn with \(place.quantity) units, and entered \(known[place.user]?.quantity ?? 0)"
            )
        }
        // Whoever left while the roster was read may be in it or not.
        for (user, entry) in known where !drawn.contains(where: { $0.user == user }) {
            if !leftAfterClosing[product.index].contains(user) {
                complain("\(user) had entry \(entry.number) when entering ended, and was not drawn")
            }
        }
        let tickets = shelf.decisions.map(\.decision.ticket)
        let firstLate = tickets.firstIndex { $0.rawValue > roster.lastTicket } ?? tickets.endIndex
        if tickets[firstLate...].contains(where: roster.includes) {
            complain("product \(product): somebody who came late was decided before one of the drawn")
        }
        if firstLate < tickets.endIndex { paths.count(.lateServed) }
    }
}

/// Who had entered when entering ended.
struct DrawEntrant {
    var number: Int64
    var quantity: Int
}
