import FlashSale

extension World {
    /// All faults end, time passes, everybody goes on until nothing more happens: then all of it is judged.
    func end() async {
        note("all faults end")
        hasFaults = false
        callsAway = [:]
        while !news.isEmpty { deliver(news.removeFirst()) }
        for shelf in books.shelves where shelf.product.isPaused {
            deliver(.product(books.setPaused(shelf.product.id, false)))
        }
        let isQuiet = await settleDown()
        judge()
        guard complaint == nil else { return }
        guard isQuiet else {
            complain("somebody still waits after all this time")
            return
        }
        for shelf in books.shelves { judgeEnd(of: shelf) }
    }

    /// Whether everything came to rest within its bound.
    private func settleDown() async -> Bool {
        var quietRounds = 0
        for round in 0..<80 {
            // Leases run out for those who are dead; whoever lives renews in time, however long a round is.
            passTime(700)
            if round % 4 == 3 { passTimeWithLeases(Int64(Rules.paymentSeconds) * 500) }
            for worker in workers { await serveAll(worker) }
            for product in handedOut.indices { askAgain(product) }
            guard complaint == nil else { return false }
            quietRounds = isQuiet ? quietRounds + 1 : 0
            if quietRounds == 2 { return true }
        }
        return false
    }

    private func passTimeWithLeases(_ milliseconds: Int64) {
        passTime(milliseconds)
        for index in books.shelves.indices { books.shelves[index].lease.until += milliseconds }
        for index in books.workers.indices { books.workers[index].until += milliseconds }
    }

    private func serveAll(_ worker: SimulatedWorker) async {
        let name = worker.name
        await worker.renewLeases()
        await worker.lookForDueOrders()
        for server in worker.servers.indices {
            for _ in 0..<12 {
                guard await worker.step(server), complaint == nil else { break }
            }
        }
        // Its successor need not wait for the end of the lease.
        if worker.name != name { books.releaseLeases(worker: name) }
    }

    /// Whoever believes to wait asks; whoever hears of no place joins again.
    private func askAgain(_ index: Int) {
        let product = books.shelves[index].product.id
        for user in users.indices {
            guard let mine = place[index][user] else { continue }
            switch line.standing(of: users[user], for: product, renewsCart: false) {
            case .standing(let now) where now.ticket >= mine || now.order == mine || !isOlder:
                poll(product, user, renewsCart: true)
            case .nothing, .standing:
                place[index][user] = nil
                join(product, user)
            case .unknown: break
            }
        }
    }

    /// Every product is served, nobody waits, nothing is held, and the line shows what the books say.
    private var isQuiet: Bool {
        for (shelf, state) in zip(books.shelves, line.products) {
            let fence = Fence(shelf.lease.fence)
            let isServed = workers.contains { worker in
                worker.servers.contains { $0.lease.product == shelf.product.id && $0.lease.fence == fence }
            }
            guard isServed, let sale = state.sale, sale.nonce != nil, state.queue.isEmpty, state.processing.isEmpty,
                state.drawn.isEmpty, shelf.draw?.isPlaced ?? true,
                sale.rebuildAfter == nil, shelf.held == 0, !shelf.orders.contains(where: \.isUnshown)
            else { return false }
        }
        return true
    }

    private func judgeEnd(of shelf: Shelf) {
        let index = shelf.product.id.index
        judgeTickets(shelf, handedOut[index])
        judgeDraw(of: shelf)
        judgeReleases(shelf)
        judgePayments(shelf)
        judgeMessages(shelf)
        judgeOutcomes(shelf, line.products[index])
        for told in toldForGood[index] where told.losses == losses { judge(told.decision, shelf) }
        if line.products[index].stock != shelf.product.availableStock {
            complain("product \(shelf.product.id): the line shows \(line.products[index].stock ?? -1) available")
        }
    }

    /// Every ticket that was handed out is decided exactly once, and lost only with Redis's data.
    private func judgeTickets(_ shelf: Shelf, _ handedOut: [HandedOut]) {
        for known in handedOut {
            let ticket = known.ticket.rawValue
            let row = shelf.decisionIndex[ticket].map { shelf.decisions[$0].decision }
            let ranges = shelf.ranges.filter { $0.contains(ticket) }
            if ranges.count + (row == nil ? 0 : 1) != 1 {
                complain("ticket \(ticket): \(row == nil ? "no row" : "a row"), in \(ranges.count) ranges")
            }
            if ranges.contains(where: { $0.outcome == .lost }), known.losses == losses {
                complain("ticket \(ticket) is on record as lost, and Redis has lost nothing since")
            }
            if let row, row.user != known.user || row.quantity != known.quantity {
                complain("ticket \(ticket) of \(known.user) was decided for \(row.user)")
            }
        }
        // An older copy of the line numbers its batches again, and the same number keeps one dead letter.
        for row in shelf.decisions where row.decision.status == .failed && !isOlder {
            let letters = shelf.deadLetters.count { $0.ticket == row.decision.ticket }
            if letters != 1 { complain("ticket \(row.decision.ticket) has failed with \(letters) dead letters") }
        }
    }

    /// The units of an order come back exactly once when it ends, and are taken again only by a late payment.
    private func judgeReleases(_ shelf: Shelf) {
        for order in shelf.orders.map(\.order) {
            let moves = shelf.ledger.filter { $0.ticket == order.id.ticket }
            let released = moves.count { $0.delta > 0 }
            let taken = moves.count { $0.delta < 0 }
            let isRight = order.status.isLive ? released == taken && released <= 1 : released == 1 && taken == 0
            if !isRight { complain("order \(order.id) is \(order.status): released \(released), taken \(taken) times") }
        }
    }

    /// Each charge ends in exactly one paid unit, one refund due, or waits for a ticket that nobody has decided.
    private func judgePayments(_ shelf: Shelf) {
        for (index, row) in shelf.events.enumerated() {
            let event = row.event
            let refunds = shelf.messages.count { $0.event == .refundDue && $0.payment == event.id }
            if refunds != (row.result == .refundDue ? 1 : 0) {
                complain("event \(event.id) is \(row.result): \(refunds) refunds")
            }
            if row.result == .waiting, shelf.isDecided(event.order.ticket) {
                complain("event \(event.id) waits for ticket \(event.order.ticket), which is decided")
            }
            guard event.status == .paid,
                row.result == .processed || row.result == .recovered || row.result == .refundDue,
                shelf.orderIndex(event.order.ticket) != nil
            else { continue }
            let isSecond = shelf.events[..<index].contains { other in
                other.event.order == event.order && other.event.status == .paid
                    && (other.result == .processed || other.result == .recovered || other.result == .refundDue)
            }
            if isSecond { complain("order \(event.order) was paid twice") }
        }
        for order in shelf.orders.map(\.order) { judgePayment(of: order, shelf) }
    }

    private func judgePayment(of order: Order, _ shelf: Shelf) {
        let charges = shelf.events.filter { $0.event.order == order.id && $0.event.status == .paid }
        let counted = charges.filter { $0.result != .conflicting }
        let isPaidUnit = order.status == .completed && order.state.isPaid
        if !counted.isEmpty, !isPaidUnit, order.status != .refundDue {
            complain("order \(order.id) was charged, and is \(order.status)")
        }
        if counted.isEmpty, order.state.isPaid || order.status == .refundDue {
            complain("order \(order.id) is \(order.status) without a charge")
        }
    }

    /// Nothing is told twice, and how an order stands was told.
    private func judgeMessages(_ shelf: Shelf) {
        for order in shelf.orders.map(\.order) {
            let messages = shelf.messages.filter { $0.ticket == order.id.ticket }.map(\.event)
            if Set(messages.map(\.rawValue)).count != messages.count {
                complain("order \(order.id): the shop was told \(messages)")
            }
            let last: OutboxEvent =
                switch order.status {
                case .held, .pending: .held
                case .completed: .completed
                case .cancelled: .cancelled
                case .expired: .expired
                case .refundDue: .refundDue
                }
            if messages.last != last { complain("order \(order.id) is \(order.status), the shop heard \(messages)") }
        }
    }

    /// The line shows each user the latest order as it is, or a younger decision.
    private func judgeOutcomes(_ shelf: Shelf, _ state: LineState) {
        for user in users {
            let order = shelf.orders.last { $0.order.user == user }?.order
            guard let shown = state.outcomes[user] else {
                // An older copy with the same tickets may lack outcomes: that is an operator's audit to find.
                if !isOlder, let decision = shelf.decisions.last(where: { $0.decision.user == user })?.decision {
                    complain("ticket \(decision.ticket) is \(decision.status), and the line shows nothing")
                }
                if let order { complain("order \(order.id) is \(order.status), and the line shows nothing") }
                continue
            }
            if !isOlder, let last = shelf.decisions.last(where: { $0.decision.user == user })?.decision,
                last.ticket > shown.ticket, last.status != .alreadyPurchased
            {
                complain("ticket \(last.ticket) is \(last.status), and the line shows ticket \(shown.ticket)")
            }
            if let order, shown.ticket <= order.id.ticket {
                if shown != order.decision {
                    complain("order \(order.id) is \(order.status), shown as \(shown.status)")
                }
            } else {
                judge(shown, shelf)
            }
        }
    }

    /// A decision that is no order's, against the books.
    private func judge(_ said: Decision, _ shelf: Shelf) {
        let row = shelf.decisionIndex[said.ticket.rawValue].map { shelf.decisions[$0].decision }
        let isInRange = shelf.ranges.contains { $0.outcome == .soldOut && $0.contains(said.ticket.rawValue) }
        let isRight =
            row.map {
                $0.user == said.user && ($0.status == said.status || said.status == .left && $0.status == .failed)
            }
            ?? (isInRange && (said.status == .soldOut || said.status == .left))
        if !isRight {
            complain("\(said.user) was told \(said.status) of ticket \(said.ticket), the books do not say so")
        }
        guard said.status == .alreadyPurchased, let ticket = said.order, let index = shelf.orderIndex(ticket) else {
            return
        }
        let order = shelf.orders[index].order
        if order.user != said.user { complain("\(said.user) is refused for order \(order.id) of \(order.user)") }
    }
}
