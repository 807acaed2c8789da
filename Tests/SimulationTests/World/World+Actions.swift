import FlashSale

extension World {
    /// Something happens.
    func act() async {
        guard complaint == nil else { return }
        switch random.below(100) {
        case 0..<46: await actOfWorker()
        case 46..<62: join(anyProduct(), random.below(users.count))
        case 62..<68: poll(anyProduct(), random.below(users.count), renewsCart: true)
        case 68..<71: leave(anyProduct(), random.below(users.count))
        case 71..<78: letTimePass()
        case 78..<83: changeOrder()
        case 83..<89: reportPayment()
        case 89..<93: edit(anyProduct())
        case 93..<96: deliverNews()
        default: breakSomething()
        }
        judge()
    }

    private func anyProduct() -> ProductID { books.shelves[random.below(books.shelves.count)].product.id }

    private func actOfWorker() async {
        let worker = workers[random.below(workers.count)]
        switch random.below(100) {
        case 0..<12: await worker.renewLeases()
        case 12..<20: await worker.lookForDueOrders()
        default:
            if worker.servers.isEmpty { await worker.renewLeases() }
            _ = await worker.step(random.below(4))
        }
    }

    private func letTimePass() {
        let milliseconds: Int
        switch random.below(10) {
        case 0..<5: milliseconds = random.within(50...900)
        case 5..<8: milliseconds = random.within(1_000...5_000)
        default: milliseconds = random.within(10_000...70_000)
        }
        note("\(milliseconds) ms pass")
        passTime(Int64(milliseconds))
    }

    // MARK: Users

    func join(_ product: ProductID, _ user: Int) {
        let quantity = random.within(1...books.shelves[product.index].product.limits.maxPerUser)
        let index = product.index
        guard reaches(.redis) else { return }
        let known = line.products[index].sale
        switch line.join(product, users[user], quantity: quantity, highest: highest[index]) {
        case .place(let ticket):
            note("\(users[user]) joins \(product): ticket \(ticket), \(quantity) units")
            if let last = handedOut[index].last, last.ticket >= ticket {
                complain("product \(product): ticket \(ticket) was handed out before")
            }
            handedOut[index].append(
                HandedOut(ticket: ticket, user: users[user], quantity: quantity, losses: losses)
            )
            highest[index] = (known?.nonce, ticket.rawValue)
            let queued = Decision(ticket: ticket, user: users[user], quantity: quantity, status: .queued)
            // The user may never hear of it, and asks again in the end.
            place[index][user] = ticket
            if hasFaults, random.below(10) == 0 { return }
            hear(.standing(queued), product, user)
        case .told(let told):
            if case .unknown = told, known?.nonce != nil {
                note("\(users[user]) joins \(product): the line is an older one")
                paths.count(.olderLineFoundByFloor)
            }
            hear(told, product, user)
        case .entered(let number):
            note("\(users[user]) enters \(product): number \(number), \(quantity) units")
            highest[index] = (known?.nonce, number.rawValue)
            poll(product, user, renewsCart: false)
        case .refused: note("\(users[user]) is refused")
        }
    }

    func poll(_ product: ProductID, _ user: Int, renewsCart: Bool) {
        guard reaches(.redis) else { return }
        if line.dropOlderCopy(product, highest[product.index]) { paths.count(.olderLineFoundByFloor) }
        hear(line.standing(of: users[user], for: product, renewsCart: renewsCart), product, user)
    }

    private func leave(_ product: ProductID, _ user: Int) {
        guard reaches(.redis), let ticket = line.leave(product, users[user]) else { return }
        note("\(users[user]) leaves \(product): ticket \(ticket)")
        if entrants[product.index] != nil { leftAfterClosing[product.index].insert(users[user]) }
        poll(product, user, renewsCart: false)
    }

    private func reaches(_ store: Store) -> Bool {
        guard let left = callsAway[store], left > 0 else { return true }
        callsAway[store] = left - 1
        return false
    }

    // MARK: The shop

    private func changeOrder() {
        let shelf = books.shelves[random.below(books.shelves.count)]
        guard !shelf.orders.isEmpty, reaches(.database) else { return }
        let id = shelf.orders[random.below(shelf.orders.count)].order.id
        let event: OrderEvent = random.below(3) == 0 ? .givenBack : .checkout
        note("\(event) of \(id)")
        books.change(id, by: event)
        tellLine(of: id)
    }

    private func reportPayment() {
        guard reaches(.database), let event = anyEvent() else { return }
        events.append(event)
        note("event \(event.id): \(event.status) \(event.amount) for \(event.order)")
        if books.record(event) { tellLine(of: event.order) }
    }

    private func anyEvent() -> PaymentEvent? {
        if !events.isEmpty, random.below(4) == 0 {
            var again = events[random.below(events.count)]
            // The same event once more, or another one that says the same.
            if random.below(2) == 0 { again.id = "e\(events.count)" }
            return again
        }
        let shelf = books.shelves[random.below(books.shelves.count)]
        let places = handedOut[shelf.product.id.index]
        guard !places.isEmpty else { return nil }
        // Early or late: the latest tickets more often than others.
        let place = places[max(random.below(places.count), random.below(places.count))]
        let price =
            shelf.orderIndex(place.ticket).map { shelf.orders[$0].order.unitPrice }
            ?? shelf.price(of: place.ticket.rawValue)
        let isWrong = random.below(15) == 0
        return PaymentEvent(
            id: "e\(events.count)",
            order: OrderID(product: shelf.product.id, ticket: place.ticket),
            status: random.below(10) < 7 ? .paid : .failed,
            amount: price.minorUnits * Int64(place.quantity) + (isWrong ? 1 : 0),
            currency: price.currency,
            raw: []
        )
    }

    /// An API process reads the order again after its commit and tells the line; it may be slow, or die in between.
    private func tellLine(of id: OrderID) {
        let shelf = books.shelves[id.product.index]
        guard let row = shelf.orderIndex(id.ticket) else { return }
        tell(.order(shelf.orders[row].order))
    }

    // MARK: Operators

    private func edit(_ product: ProductID) {
        guard reaches(.database) else { return }
        let known = books.shelves[product.index].product
        // Where places are drawn, operators pause and restock only: a withdrawal that sells a line out before its draw is not
        // modelled.
        switch rules.isDrawn ? [0, 1, 4][random.below(3)] : random.below(6) {
        case 0: tell(.product(books.setPaused(product, !known.isPaused)))
        case 1: tell(.product(books.setPaused(product, false)))
        case 2: tell(.product(books.moveStock(of: product, by: -random.within(1...3))))
        case 3: setPrice(product)
        default: tell(.product(books.moveStock(of: product, by: random.within(1...3))))
        }
        note("an operator edits \(product): \(books.shelves[product.index].product.availableStock) available")
    }

    private func setPrice(_ product: ProductID) {
        let shelf = books.shelves[product.index]
        let next = Int(shelf.product.price.minorUnits - 99)
        guard Cast.prices.indices.contains(next) else { return }
        tell(.product(books.setPrice(product, Cast.prices[next])))
        // The operator's command may end here: the next batch begins the price.
        guard random.below(2) == 0, reaches(.redis), let sale = line.products[product.index].sale else { return }
        books.beginPrice(product.index, from: sale.lastTicket + 1)
    }

    private func tell(_ item: News) {
        switch random.below(hasFaults ? 8 : 1) {
        case 0..<6: deliver(item)
        case 6: news.append(item)
        default: note("the line is not told")
        }
    }

    private func deliverNews() {
        guard !news.isEmpty else { return }
        paths.count(.lateNews)
        deliver(news.remove(at: random.below(news.count)))
    }

    func deliver(_ item: News) {
        guard reaches(.redis) else { return }
        do {
            switch item {
            case .order(let order):
                note("the line is told: \(order.id) \(order.status)")
                try line.show([order], of: order.id.product, by: nil, stock: nil)
            case .product(let product):
                note("the line is told: product \(product.id), version \(product.version)")
                _ = try line.publish(product, fence: nil)
            }
        } catch {
            complain("the line fenced out somebody without a lease: \(error)")
        }
    }
}
