import FlashSale

extension MemoryBooks {
    func settle(_ claim: Claim, of product: ProductID, fence: Fence) throws -> SettledClaim {
        try compareFence(fence, of: product)
        let index = product.index
        let firstPriceTicket = shelves[index].isPricePending ? claim.lastTicket + 1 : nil
        let early = earlyEvents(index, claim, firstPriceTicket)
        var settlement = settlement(index, claim, early.rows, readsDecided: claim.isRecovered)
        if settlement.decisions.contains(where: { shelves[index].decisionIndex[$0.ticket.rawValue] != nil }) {
            paths.count(.duplicateDecisionRefused)
            settlement = self.settlement(index, claim, early.rows, readsDecided: true)
        }
        if settlement.decisions.contains(where: { unstorableUsers.contains($0.user) }) {
            throw UnstorableEntry(cause: StoreUnavailable(reason: "out of range"))
        }
        if let firstPriceTicket { beginPrice(index, at: firstPriceTicket) }
        for row in early.wrong {
            shelves[index].events[row].result = .conflicting
            paths.count(.eventConflicting)
        }
        write(settlement, index, claim, fence, early.rows)
        judge(settlement, index)
        return SettledClaim(
            decisions: (settlement.decisions + settlement.alreadyDecided).sorted { $0.ticket < $1.ticket },
            waiting: settlement.waiting,
            availableStock: settlement.available,
            soldOutAfter: settlement.soldOutAfter
        )
    }

    func putAside(_ claim: Claim, of product: ProductID, fence: Fence) throws -> SettledClaim {
        try compareFence(fence, of: product)
        let index = product.index
        if shelves[index].isPricePending { beginPrice(index, at: claim.lastTicket + 1) }
        let decided = decided(index, claim)
        let undecided = claim.entries.filter { decided[$0.ticket] == nil }
        let soldOut = undecided.compactMap { $0.soldOut(after: shelves[index].product.soldOutAfter) }
        let open = undecided.filter { $0.soldOut(after: shelves[index].product.soldOutAfter) == nil }
        let failed = open.map {
            Decision(ticket: $0.ticket, user: $0.user, quantity: $0.quantity, status: .failed)
        }
        keepUnreadable(index, claim)
        for (position, entry) in open.enumerated() {
            keep(index, claim.number, claim.unreadable.count + position, entry.ticket)
            paths.count(unstorableUsers.contains(entry.user) ? .deadLetterUnstorable : .deadLetterKiller)
        }
        insert(failed, index, fence)
        for entry in open { refundWaiting(index, entry.ticket.rawValue, entry.ticket.rawValue) }
        return SettledClaim(
            decisions: (failed + soldOut + claim.entries.compactMap { decided[$0.ticket] }).sorted {
                $0.ticket < $1.ticket
            },
            waiting: [],
            availableStock: shelves[index].product.availableStock,
            soldOutAfter: shelves[index].product.soldOutAfter
        )
    }

    private func settlement(_ index: Int, _ claim: Claim, _ early: [Ticket: [Int]], readsDecided: Bool) -> Settlement {
        let shelf = shelves[index]
        var liveOrders: [UserID: Ticket] = [:]
        for entry in claim.entries where entry.cart == .live {
            if let order = shelf.liveOrder(of: entry.user) { liveOrders[entry.user] = order }
        }
        let decided = readsDecided ? decided(index, claim) : [:]
        if !decided.isEmpty { paths.count(.decisionsRead) }
        return Settlement(
            of: claim.entries,
            facts: Settlement.Facts(
                available: shelf.product.availableStock,
                held: shelf.held,
                checkout: shelf.product.checkout,
                liveOrders: liveOrders,
                decided: decided,
                earlyEvents: early.mapValues { rows in rows.map { shelf.events[$0].event.orderEvent } },
                soldOutAfter: shelf.product.soldOutAfter
            )
        )
    }

    /// What earlier transactions have decided of this batch, with the orders as they are by now.
    func decided(_ index: Int, _ claim: Claim) -> [Ticket: Decision] {
        var decided: [Ticket: Decision] = [:]
        for entry in claim.entries {
            guard let row = shelves[index].decisionIndex[entry.ticket.rawValue] else { continue }
            var decision = shelves[index].decisions[row].decision
            if let order = shelves[index].orderIndex(entry.ticket) {
                decision.status = shelves[index].orders[order].order.status.purchaseStatus
            }
            decided[entry.ticket] = decision
        }
        return decided
    }

    /// Decisions as their users are to be shown them today.
    func outcomes(of product: ProductID, after ticket: Int64, limit: Int) -> OutcomePage {
        let shelf = shelves[product.index]
        let page = shelf.decisions.map(\.decision).filter { $0.ticket.rawValue > ticket }.prefix(limit)
        let outcomes = page.map { decision -> Decision in
            if let row = shelf.orderIndex(decision.ticket) { return shelf.orders[row].order.decision }
            if decision.status == .alreadyPurchased, let row = decision.order.flatMap({ shelf.orderIndex($0) }),
                shelf.orders[row].order.status.purchaseStatus.endsOrder
            {
                return shelf.orders[row].order.decision
            }
            return decision
        }
        return OutcomePage(
            after: ticket,
            lastTicket: page.count < limit ? nil : page.last?.ticket.rawValue,
            outcomes: Array(outcomes)
        )
    }

    /// Payment events that were there before their orders, as rows, and those whose amount is not that of the order.
    private func earlyEvents(
        _ index: Int,
        _ claim: Claim,
        _ firstPriceTicket: Int64?
    ) -> (rows: [Ticket: [Int]], wrong: [Int]) {
        var rows: [Ticket: [Int]] = [:]
        var wrong: [Int] = []
        for (row, known) in shelves[index].events.enumerated() where known.result == .waiting {
            guard let entry = claim.entries.first(where: { $0.ticket == known.event.order.ticket }) else { continue }
            let isNew = entry.ticket.rawValue >= firstPriceTicket ?? .max
            let price = isNew ? shelves[index].product.price : shelves[index].price(of: entry.ticket.rawValue)
            if known.event.amount == price.minorUnits * Int64(entry.quantity) {
                rows[entry.ticket, default: []].append(row)
            } else {
                wrong.append(row)
            }
        }
        return (rows, wrong)
    }

    private func write(_ settlement: Settlement, _ index: Int, _ claim: Claim, _ fence: Fence, _ early: [Ticket: [Int]])
    {
        keepUnreadable(index, claim)
        insert(settlement.decisions, index, fence)
        // What early failures give back comes first: another order of the batch may have taken it.
        for order in settlement.orders { moveUnits(of: order, index, .giveBack) }
        if settlement.unitsOrdered > 0 { moveUnits(index, -settlement.unitsOrdered, of: nil) }
        for order in settlement.orders {
            insert(order, index, early)
            moveUnits(of: order, index, .takeAgain)
        }
        if shelves[index].product.availableStock != settlement.available {
            complaints.append("product \(index + 1): the settlement says \(settlement.available) available")
        }
        for decision in settlement.decisions {
            let rows = early[decision.ticket] ?? []
            for (row, answer) in zip(rows, settlement.earlyAnswers[decision.ticket] ?? []) {
                paths.count(.eventEarlyApplied)
                shelves[index].events[row].result = PaymentResult(answer)
                guard answer == .refundDue, !decision.makesOrder else { continue }
                tell(index, decision.ticket, .refundDue, shelves[index].events[row].event.id)
                paths.count(.refundWithoutOrder)
            }
        }
        if let soldOutAfter = settlement.soldOutAfter, shelves[index].product.soldOutAfter == nil {
            openSoldOutRange(index, after: soldOutAfter)
            paths.count(.soldOutByBatch)
        }
    }

    private func moveUnits(of order: Settlement.NewOrder, _ index: Int, _ move: OrderTransition.StockMove) {
        for transition in order.transitions where transition.stock == move {
            moveUnits(index, transition.units(of: order.decision.quantity), of: order.decision.ticket)
        }
    }

    private func insert(_ decisions: [Decision], _ index: Int, _ fence: Fence) {
        for decision in decisions {
            let ticket = decision.ticket.rawValue
            if let last = shelves[index].decisions.last,
                last.decision.ticket >= decision.ticket || last.fence > fence.rawValue
            {
                complaints.append("product \(index + 1): ticket \(ticket) decided after \(last.decision.ticket)")
            }
            shelves[index].decisionIndex[ticket] = shelves[index].decisions.count
            shelves[index].decisions.append(Shelf.DecisionRow(decision: decision, fence: fence.rawValue))
            changes += 1
        }
    }

    private func insert(_ new: Settlement.NewOrder, _ index: Int, _ early: [Ticket: [Int]]) {
        let limits = shelves[index].product.limits
        let decision = new.decision
        var order = Order(
            id: OrderID(product: shelves[index].product.id, ticket: decision.ticket),
            user: decision.user,
            quantity: decision.quantity,
            unitPrice: shelves[index].price(of: decision.ticket.rawValue),
            state: new.state,
            createdAt: Timestamp(milliseconds: now)
        )
        switch new.state.status {
        case .held: order.expiresAt = Timestamp(milliseconds: now + Int64(limits.holdSeconds) * 1_000)
        case .pending: order.expiresAt = Timestamp(milliseconds: now + Int64(limits.paymentSeconds) * 1_000)
        case .completed, .cancelled, .expired, .refundDue: break
        }
        shelves[index].orders.append(Shelf.OrderRow(order: order))
        if let message = new.message {
            let payment = early[decision.ticket]?.last { row in
                message != .refundDue || shelves[index].events[row].event.status == .paid
            }
            tell(index, decision.ticket, message, payment.map { shelves[index].events[$0].event.id })
        }
    }

    /// Judged by other words than the settlement's: nobody is refused what is there, nobody waits for what is not.
    private func judge(_ settlement: Settlement, _ index: Int) {
        let available = shelves[index].product.availableStock
        let within = available + shelves[index].held
        for decision in settlement.decisions {
            switch decision.status {
            case .soldOut where decision.quantity <= within:
                complaints.append("product \(index + 1): ticket \(decision.ticket) refused with \(within) units left")
            case .cartExpired: paths.count(.cartRanOut)
            case .left: paths.count(.userLeft)
            case .alreadyPurchased: paths.count(.secondPurchaseRefused)
            default: break
            }
        }
        guard let first = settlement.waiting.first else { return }
        paths.count(.waitedForHeldUnits)
        if first.quantity <= available || first.quantity > within {
            complaints.append("product \(index + 1): ticket \(first.ticket) waits with \(available) of \(within) units")
        }
    }

    private func keepUnreadable(_ index: Int, _ claim: Claim) {
        for position in claim.unreadable.indices { keep(index, claim.number, position, nil) }
    }

    private func keep(_ index: Int, _ batch: Int64, _ position: Int, _ ticket: Ticket?) {
        let isKnown = shelves[index].deadLetters.contains { $0.batch == batch && $0.position == position }
        guard !isKnown else { return }
        if ticket == nil { paths.count(.deadLetterUnreadable) }
        shelves[index].deadLetters.append(Shelf.DeadLetterRow(batch: batch, position: position, ticket: ticket))
    }

    private func beginPrice(_ index: Int, at ticket: Int64) {
        paths.count(.priceBegunByBatch)
        beginPrice(index, from: ticket)
    }

    /// Tells a new price its first ticket.
    func beginPrice(_ index: Int, from ticket: Int64) {
        shelves[index].prices.removeAll { $0.fromTicket == ticket }
        shelves[index].prices.append((ticket, shelves[index].product.price))
        shelves[index].prices.sort { $0.fromTicket < $1.fromTicket }
        shelves[index].isPricePending = false
    }
}
