import FlashSale

extension World {
    /// What must hold after every action.
    func judge() {
        if let wrong = books.complaints.first ?? line.complaints.first { complain(wrong) }
        guard books.changes != judgedChanges else { return }
        judgedChanges = books.changes
        for shelf in books.shelves { judge(shelf) }
    }

    private func judge(_ shelf: Shelf) {
        let product = shelf.product
        let sum = shelf.ledger.reduce(0) { $0 + $1.delta }
        if sum != product.availableStock {
            complain("product \(product.id): \(product.availableStock) available, the ledger says \(sum)")
        }
        var live = 0
        for (row, known) in shelf.orders.enumerated() where known.order.status.isLive {
            live += known.order.quantity
            let hasOther = shelf.orders[..<row].contains { $0.order.user == known.order.user && $0.order.status.isLive }
            if hasOther { complain("\(known.order.user) has two live orders of product \(product.id)") }
        }
        if live != product.totalStock - product.availableStock {
            complain("product \(product.id): \(live) units in live orders of \(product.totalStock)")
        }
    }

    /// MariaDB first, Redis second: whatever is acknowledged is committed.
    func judge(_ acknowledgement: Acknowledgement) {
        let shelf = books.shelves[acknowledgement.product.index]
        for decision in acknowledgement.decisions where !isInBooks(decision, shelf) {
            complain("ticket \(decision.ticket) is acknowledged as \(decision.status), and the books do not say so")
        }
    }

    /// Whether the books have decided so, or have gone on from there.
    private func isInBooks(_ said: Decision, _ shelf: Shelf) -> Bool {
        if let order = shelf.orderIndex(said.ticket).map({ shelf.orders[$0].order }) {
            return said.user == order.user
                && (said.status == order.decision.status || said.status.progress < order.decision.status.progress)
                && said.status.progress > 0
        }
        if let row = shelf.decisionIndex[said.ticket.rawValue] {
            let decided = shelf.decisions[row].decision
            return decided.user == said.user && decided.status == said.status && decided.order == said.order
        }
        return said.status == .soldOut && shelf.ranges.contains { $0.contains(said.ticket.rawValue) }
    }

    /// A user is told something: true by the books, and never older than what the user was told before.
    func hear(_ told: MemoryLine.Told, _ product: ProductID, _ user: Int) {
        let index = product.index
        // An older copy of Redis says what it said then; the end shows whether it was found.
        let before = isOlder ? nil : self.told[index][user]
        switch told {
        case .unknown: return
        case .nothing:
            if let before, before.status.isOutcomeOnly {
                complain("\(users[user]) was told \(before.status) of ticket \(before.ticket), and now nothing")
            }
        case .standing(let now):
            note("\(users[user]) is told \(now.status) of ticket \(now.ticket)")
            if let before, !now.follows(before) {
                complain(
                    "\(users[user]) was told \(before.status) of \(before.ticket), now \(now.status) of \(now.ticket)"
                )
            }
            judge(now, index)
            self.told[index][user] = now
            place[index][user] = now.ticket
            // Whoever takes an entry back leaves no ticket behind.
            let isEntry = line.products[index].carts[users[user]]?.isEntry == true
            if now.status.isForGood, before != now, !isOlder, !isEntry {
                toldForGood[index].append(ToldForGood(decision: now, losses: losses))
            }
        }
    }

    private func judge(_ now: Decision, _ index: Int) {
        guard !isOlder, now.status.progress > 0 || now.status == .cartExpired || now.status == .failed else { return }
        if !isInBooks(now, books.shelves[index]) {
            complain("\(now.user) is told \(now.status) of ticket \(now.ticket), and the books do not say so")
        }
    }
}

extension PurchaseStatus {
    /// Whether only an outcome in Redis can say so, and no cart, which may run out.
    fileprivate var isOutcomeOnly: Bool {
        switch self {
        case .entered, .queued, .left, .soldOut: false
        case .held, .pending, .completed, .cancelled, .expired, .refundDue, .cartExpired, .alreadyPurchased, .failed:
            true
        }
    }

    /// Whether nothing else can become of such a ticket.
    fileprivate var isForGood: Bool {
        switch self {
        case .left, .soldOut, .cartExpired, .alreadyPurchased, .failed: true
        case .entered, .queued, .held, .pending, .completed, .cancelled, .expired, .refundDue: false
        }
    }
}

extension Decision {
    /// Whether a user who was told `before` may be told this.
    fileprivate func follows(_ before: Decision) -> Bool {
        if ticket > before.ticket { return true }
        if ticket < before.ticket {
            // A cart may run out, and an order may end that a younger ticket was refused for.
            return !before.status.isOutcomeOnly
                || before.status == .alreadyPurchased && before.order == ticket && status.endsOrder
        }
        if before.status == .queued || before.status == .entered || before.status == status { return true }
        // Also whoever left may have an entry that can't be processed.
        if before.status == .left, status == .failed { return true }
        // Whoever left a line that was sold out by then, before Redis had heard of it, is one of those it was sold out for.
        if before.status == .left, status == .soldOut { return true }
        return before.status.progress > 0 && status.progress >= before.status.progress
    }
}
