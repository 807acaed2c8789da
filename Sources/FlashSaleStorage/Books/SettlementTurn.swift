import FlashSale
import MariaDB

/// One batch within its transaction: read under the lock, decide, write.
///
/// What does not depend on each other travels together: a batch as usual takes one round trip to read and one to write.
struct SettlementTurn {
    private let connection: MariaDBConnection
    private let claim: Claim
    private let fence: Fence
    private let reader: BatchReader
    private let locked: LockedProduct
    private let liveOrders: [UserID: Ticket]
    private let prices: PriceTable

    /// Locks the product, and reads which users of the claim have an order.
    ///
    /// - Parameter size: The most entries of a claim.
    init(_ claim: Claim, of product: ProductID, fence: Fence, size: Int, _ connection: MariaDBConnection) throws {
        self.connection = connection
        self.claim = claim
        self.fence = fence
        reader = BatchReader(claim: claim, product: product, size: size, connection)
        let replies = try connection.runTogether([LockedProduct.statement(product)] + reader.liveOrderStatements)
        locked = try LockedProduct(product, fence: fence, replies[0].rows)
        liveOrders = try reader.liveOrders(in: replies.dropFirst().flatMap(\.rows))
        prices = try PriceTable(of: locked, claim, connection)
    }

    private var product: ProductID { locked.product.id }

    func settle() throws -> SettledClaim {
        let early = try readEarlyEvents()
        let decided = try readDecided()
        let settlement = Settlement(
            of: claim.entries,
            facts: Settlement.Facts(
                available: locked.product.availableStock,
                held: locked.held,
                checkout: locked.product.checkout,
                liveOrders: liveOrders,
                decided: decided,
                earlyEvents: early.mapValues { $0.map(\.orderEvent) },
                soldOutAfter: locked.product.soldOutAfter
            )
        )
        try write(settlement, early)
        try resolve(early, settlement)
        if let soldOutAfter = settlement.soldOutAfter, locked.product.soldOutAfter == nil {
            try SoldOutRange(of: locked, connection).open(after: soldOutAfter)
        }
        return SettledClaim(
            decisions: (settlement.decisions + settlement.alreadyDecided).sorted { $0.ticket < $1.ticket },
            waiting: settlement.waiting,
            availableStock: settlement.available,
            soldOutAfter: settlement.soldOutAfter
        )
    }

    /// Decides everything that is not decided yet as failed; what a sold-out range decides gets no row beside it.
    func putAside(reason: String) throws -> SettledClaim {
        let decided = try readDecided()
        let undecided = claim.entries.filter { decided[$0.ticket] == nil }
        let soldOut = undecided.compactMap { $0.soldOut(after: locked.product.soldOutAfter) }
        let open = undecided.filter { $0.soldOut(after: locked.product.soldOutAfter) == nil }
        let failed = open.map {
            Decision(ticket: $0.ticket, user: $0.user, quantity: $0.quantity, status: .failed)
        }
        try connection.runTogether(deadLetters + deadLetters(of: open, reason: reason) + rows(of: failed))
        for entry in open where locked.hasEarlyEvents {
            let ticket = entry.ticket.rawValue
            try PaymentEventTable(connection).refundWaiting(product, tickets: ticket...ticket, at: locked.now)
        }
        return SettledClaim(
            decisions: (failed + soldOut + decided.values).sorted { $0.ticket < $1.ticket },
            waiting: [],
            availableStock: locked.product.availableStock,
            soldOutAfter: locked.product.soldOutAfter
        )
    }

    /// What earlier attempts have decided.
    ///
    /// Tickets are decided in rising order, so nothing is to be read for a batch above the last one. Below it every ticket
    /// has its decision, for its user: if not, these tickets were handed out twice.
    private func readDecided() throws -> [Ticket: Decision] {
        let old = claim.entries.filter { $0.ticket.rawValue <= locked.lastDecided }
        guard !old.isEmpty else { return [:] }
        let decided = try reader.decided()
        for entry in old where decided[entry.ticket]?.user != entry.user {
            throw OlderLine(product: product, ticket: entry.ticket)
        }
        return decided
    }

    /// Payment events that were there before their orders.
    ///
    /// One whose amount is not that of its order is put aside for a person, and counts as no payment.
    private func readEarlyEvents() throws -> [Ticket: [PaymentEvent]] {
        let tickets = claim.entries.map(\.ticket.rawValue)
        guard locked.hasEarlyEvents, let first = tickets.min(), let last = tickets.max() else { return [:] }
        let table = PaymentEventTable(connection)
        let entries = Dictionary(claim.entries.map { ($0.ticket, $0) }) { first, _ in first }
        var events: [Ticket: [PaymentEvent]] = [:]
        var conflicting: [PaymentEvent] = []
        for event in try table.waiting(product, tickets: first...last) {
            guard let entry = entries[event.order.ticket] else { continue }
            let price = prices.price(of: entry.ticket)
            if event.amount == price.minorUnits * Int64(entry.quantity), event.currency == price.currency {
                events[entry.ticket, default: []].append(event)
            } else {
                conflicting.append(event)
            }
        }
        try table.resolve(conflicting.map { ($0, .conflicting) })
        return events
    }

    /// Everything that the batch writes as usual.
    ///
    /// The guard of the stock repeats what the lock already promises: if it ever fails, nothing of this batch is sold.
    private func write(_ settlement: Settlement, _ early: [Ticket: [PaymentEvent]]) throws {
        var statements = deadLetters + rows(of: settlement.decisions) + rows(of: settlement.orders, early)
        statements += ledgerRows(of: settlement)
        let taken = Int64(settlement.unitsTaken)
        guard taken > 0 else {
            try connection.runTogether(statements)
            return
        }
        statements.append(
            MariaDBStatement(
                "UPDATE products SET available_stock = available_stock - ? WHERE id = ? AND available_stock >= ?",
                [.integer(taken), .integer(product.rawValue), .integer(taken)]
            )
        )
        guard try connection.runTogether(statements).last?.result.affectedRows == 1 else {
            throw StoreUnavailable(reason: "the stock of product \(product) changed under its lock: nothing was sold")
        }
    }

    private func rows(of decisions: [Decision]) -> [MariaDBStatement] {
        MariaDBStatement.inserting(
            """
            INSERT INTO decisions (product_id, ticket, user_id, quantity, outcome, order_ticket, fence, batch)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            rows: decisions.map { decision in
                [
                    .integer(product.rawValue), .integer(decision.ticket.rawValue), .string(decision.user.rawValue),
                    .integer(Int64(decision.quantity)),
                    .string(decision.makesOrder ? "ordered" : decision.status.rawValue),
                    decision.order.map { .integer($0.rawValue) } ?? .null, .integer(fence.rawValue),
                    .integer(claim.number),
                ]
            }
        )
    }

    private func rows(of orders: [Settlement.NewOrder], _ early: [Ticket: [PaymentEvent]]) -> [MariaDBStatement] {
        // NULL + an interval is NULL: an order that never was a hold, or that nothing runs out for.
        let inserted = MariaDBStatement.inserting(
            """
            INSERT INTO orders (product_id, ticket, user_id, quantity, unit_price, currency, status, is_checked_out,
                hold_expires_at, expires_at, paid_at, payment_event, ended_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, NOW(6) + INTERVAL ? SECOND, NOW(6) + INTERVAL ? SECOND,
                IF(?, NOW(6), NULL), ?, IF(?, NOW(6), NULL))
            """,
            rows: orders.map { order in
                let decision = order.decision
                let price = prices.price(of: decision.ticket)
                let payment = order.state.isPaid ? early[decision.ticket]?.first { $0.status == .paid } : nil
                let limits = locked.product.limits
                let secondsLeft: Int? =
                    switch order.state.status {
                    case .held: limits.holdSeconds
                    case .pending: limits.paymentSeconds
                    case .completed, .cancelled, .expired, .refundDue: nil
                    }
                return [
                    .integer(product.rawValue), .integer(decision.ticket.rawValue), .string(decision.user.rawValue),
                    .integer(Int64(decision.quantity)), .integer(price.minorUnits), .string(price.currency.code),
                    .string(order.state.status.rawValue), .bool(order.state.isCheckedOut),
                    order.state.wasHeld ? .integer(Int64(limits.holdSeconds)) : .null,
                    secondsLeft.map { .integer(Int64($0)) } ?? .null, .bool(order.state.isPaid),
                    payment.map { .string($0.id) } ?? .null, .bool(secondsLeft == nil),
                ]
            }
        )
        return inserted + OutboxWriter.statements(orders.compactMap { draft($0, early) })
    }

    private func draft(_ order: Settlement.NewOrder, _ early: [Ticket: [PaymentEvent]]) -> OutboxWriter.Draft? {
        guard let message = order.message else { return nil }
        let decision = order.decision
        return OutboxWriter.Draft(
            message,
            of: Order(
                id: OrderID(product: product, ticket: decision.ticket),
                user: decision.user,
                quantity: decision.quantity,
                unitPrice: prices.price(of: decision.ticket),
                state: order.state,
                createdAt: locked.now
            ),
            at: locked.now,
            payment: early[decision.ticket]?.last { ($0.status == .paid) == order.state.isPaid }
        )
    }

    /// One ledger row for the batch, and one for each order whose early payment moved its units again: what came back first,
    /// since others of the batch may have it, and what was taken up again last.
    private func ledgerRows(of settlement: Settlement) -> [MariaDBStatement] {
        guard settlement.unitsOrdered > 0 else { return [] }
        let ordered = MariaDBStatement(
            "INSERT INTO stock_ledger (product_id, delta, reason, batch) VALUES (?, ?, 'ordered', ?)",
            [.integer(product.rawValue), .integer(Int64(-settlement.unitsOrdered)), .integer(claim.number)]
        )
        return ledgerRows(of: .giveBack, "payment_failed", settlement.orders) + [ordered]
            + ledgerRows(of: .takeAgain, "recovered", settlement.orders)
    }

    private func ledgerRows(
        of move: OrderTransition.StockMove,
        _ reason: String,
        _ orders: [Settlement.NewOrder]
    ) -> [MariaDBStatement] {
        let moves = orders.flatMap { order in
            order.transitions.filter { $0.stock == move }.map { transition -> [MariaDBValue] in
                [
                    .integer(product.rawValue), .integer(Int64(transition.units(of: order.decision.quantity))),
                    .string(reason), .integer(order.decision.ticket.rawValue),
                ]
            }
        }
        return MariaDBStatement.inserting(
            "INSERT INTO stock_ledger (product_id, delta, reason, ticket) VALUES (?, ?, ?, ?)",
            rows: moves
        )
    }

    /// Early events have had their effect, or will never have one.
    private func resolve(_ early: [Ticket: [PaymentEvent]], _ settlement: Settlement) throws {
        var results: [(event: PaymentEvent, result: PaymentResult)] = []
        for (ticket, answers) in settlement.earlyAnswers {
            results += zip(early[ticket] ?? [], answers).map { ($0, PaymentResult($1)) }
        }
        try PaymentEventTable(connection).resolve(results)
        let orders = Set(settlement.orders.map(\.decision.ticket))
        let refunds = results.filter { $0.result == .refundDue && !orders.contains($0.event.order.ticket) }
        try OutboxWriter(connection).insert(refunds.map { OutboxWriter.Draft(refundOf: $0.event, at: locked.now) })
    }

    private func deadLetters(of entries: [ClaimedEntry], reason: String) -> [MariaDBStatement] {
        MariaDBStatement.inserting(
            """
            INSERT INTO dead_letters (product_id, batch, position, raw, reason, attempts) VALUES (?, ?, ?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE attempts = VALUES(attempts)
            """,
            rows: entries.enumerated().map { position, entry in
                [
                    .integer(product.rawValue), .integer(claim.number),
                    .integer(Int64(claim.unreadable.count + position)), .bytes(Array(EntryCodec.entry(entry).utf8)),
                    .string(String(reason.prefix(500))), .integer(Int64(claim.attempts)),
                ]
            }
        )
    }

    private var deadLetters: [MariaDBStatement] {
        MariaDBStatement.inserting(
            """
            INSERT INTO dead_letters (product_id, batch, position, raw, reason) VALUES (?, ?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE attempts = attempts + 1
            """,
            rows: claim.unreadable.enumerated().map { position, entry in
                [
                    .integer(product.rawValue), .integer(claim.number), .integer(Int64(position)),
                    .bytes(Array(entry.raw.prefix(65_535))), .string(entry.reason),
                ]
            }
        )
    }
}

extension MariaDBStatement {
    /// One statement for all rows, and none for no rows.
    static func inserting(_ sql: String, rows: [[MariaDBValue]]) -> [MariaDBStatement] {
        rows.isEmpty ? [] : [MariaDBStatement(sql, rows: rows)]
    }
}
