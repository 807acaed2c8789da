public import FlashSale
import MariaDB

extension MariaDBSaleBooks {
    /// Settles a claim in one transaction.
    public func settle(_ claim: Claim, of product: ProductID, fence: Fence) async throws -> SettledClaim {
        do {
            return try await settleOnce(claim, of: product, fence: fence)
        } catch  where MariaDBError.kind(of: error) == .alreadyExists {
            // Decided by a commit whose reply was lost, or an order came in between: read what is there and go on from it.
            var recovered = claim
            recovered.isRecovered = true
            return try await settleOnce(recovered, of: product, fence: fence)
        }
    }

    private func settleOnce(_ claim: Claim, of product: ProductID, fence: Fence) async throws -> SettledClaim {
        let batchSize = batchSize
        return try await database.inTransaction { connection in
            let batch = Batch(connection: connection, product: product, fence: fence, claim: claim, size: batchSize)
            return try batch.settle()
        }
    }
}

/// One batch within its transaction: read under the lock, decide, write.
private struct Batch {
    let connection: MariaDBConnection
    let product: ProductID
    let fence: Fence
    let claim: Claim
    let size: Int

    private struct Locked {
        var facts: Settlement.Facts
        var price: MariaDBValue
        var currency: MariaDBValue
        var soldOutAfter: Int64?
    }

    func settle() throws -> SettledClaim {
        let locked = try lockProduct()
        let settlement = Settlement(of: claim.entries, facts: locked.facts)
        try insertDeadLetters()
        try insertDecisions(settlement.decisions)
        try insertOrders(settlement.decisions, locked)
        let soldOutAfter = locked.soldOutAfter ?? settlement.soldOutAfter
        let isNewlySoldOut = soldOutAfter != nil && locked.soldOutAfter == nil
        if settlement.unitsTaken > 0 || isNewlySoldOut {
            try updateStock(taking: settlement.unitsTaken, soldOutAfter: soldOutAfter)
        }
        if isNewlySoldOut, let soldOutAfter { try openSoldOutRange(after: soldOutAfter) }
        let decisions = (settlement.decisions + settlement.alreadyDecided).sorted { $0.ticket < $1.ticket }
        return SettledClaim(
            decisions: decisions,
            waiting: settlement.waiting,
            availableStock: locked.facts.available - settlement.unitsTaken,
            soldOutAfter: soldOutAfter
        )
    }

    /// The product's row lock orders all settlements of a product; what is read after it is the truth until the commit.
    private func lockProduct() throws -> Locked {
        let rows = try connection.query(
            """
            SELECT p.available_stock, p.checkout, p.price, p.currency, p.sold_out_after,
                (SELECT l.fence FROM leases l WHERE l.product_id = p.id) AS fence,
                IF(p.checkout = 'instant', 0,
                   (SELECT CAST(COALESCE(SUM(o.quantity), 0) AS SIGNED) FROM orders o
                    WHERE o.product_id = p.id AND o.status IN ('held', 'pending'))) AS held
            FROM products p WHERE p.id = ? FOR UPDATE
            """,
            [.integer(product.rawValue)]
        )
        guard let row = rows.first else { throw StoreUnavailable(reason: "product \(product) is gone") }
        guard try row.optionalInt("fence") == Int(fence.rawValue) else { throw Fenced(product: product, fence: fence) }
        guard let checkout = Checkout(rawValue: try row.string("checkout")) else {
            throw StoreUnavailable(reason: "product \(product) has an unknown checkout")
        }
        return Locked(
            facts: Settlement.Facts(
                available: try row.int("available_stock"),
                held: try row.int("held"),
                checkout: checkout,
                liveOrders: try readLiveOrders(),
                decided: claim.isRecovered ? try readDecided() : [:]
            ),
            price: try row.value("price"),
            currency: try row.value("currency"),
            soldOutAfter: try row.optionalInt("sold_out_after").map(Int64.init)
        )
    }

    /// One prepared statement for every batch: short batches repeat their last user.
    private func readLiveOrders() throws -> [UserID: Ticket] {
        let users = claim.entries.filter { $0.cart == .live }.map(\.user.rawValue)
        var orders: [UserID: Ticket] = [:]
        for start in stride(from: 0, to: users.count, by: size) {
            let chunk = users[start..<min(start + size, users.count)]
            guard let last = chunk.last else { break }
            let padded = chunk + repeatElement(last, count: size - chunk.count)
            let marks = Array(repeating: "?", count: size).joined(separator: ",")
            let rows = try connection.query(
                "SELECT active_user, ticket FROM orders WHERE product_id = ? AND active_user IN (\(marks))",
                [.integer(product.rawValue)] + padded.map { .string($0) }
            )
            for row in rows { orders[try UserID(try row.string("active_user"))] = try ticket(row, "ticket") }
        }
        return orders
    }

    /// What an earlier attempt has committed of this batch, with the orders as they are by now.
    private func readDecided() throws -> [Ticket: Decision] {
        let tickets = claim.entries.map(\.ticket)
        guard let first = tickets.min(), let last = tickets.max() else { return [:] }
        let rows = try connection.query(
            """
            SELECT d.ticket, d.user_id, d.quantity, d.outcome, d.order_ticket, o.status
            FROM decisions d LEFT JOIN orders o ON o.product_id = d.product_id AND o.ticket = d.ticket
            WHERE d.product_id = ? AND d.ticket BETWEEN ? AND ?
            """,
            [.integer(product.rawValue), .integer(first.rawValue), .integer(last.rawValue)]
        )
        var decided: [Ticket: Decision] = [:]
        for row in rows {
            let ticket = try ticket(row, "ticket")
            let word = try row.optionalString("status") ?? row.string("outcome")
            guard let status = PurchaseStatus(rawValue: word) else {
                throw StoreUnavailable(reason: "ticket \(ticket) has the unknown outcome '\(word)'")
            }
            decided[ticket] = Decision(
                ticket: ticket,
                user: try UserID(try row.string("user_id")),
                quantity: try row.int("quantity"),
                status: status,
                order: try row.optionalInt("order_ticket").flatMap { Ticket(Int64($0)) }
            )
        }
        return decided
    }

    private func insertDecisions(_ decisions: [Decision]) throws {
        guard !decisions.isEmpty else { return }
        try connection.executeBatch(
            """
            INSERT INTO decisions (product_id, ticket, user_id, quantity, outcome, order_ticket, fence, batch)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            rows: decisions.map { decision in
                [
                    .integer(product.rawValue), .integer(decision.ticket.rawValue), .string(decision.user.rawValue),
                    .integer(Int64(decision.quantity)),
                    .string(decision.status.hasOrder ? "ordered" : decision.status.rawValue),
                    decision.order.map { .integer($0.rawValue) } ?? .null, .integer(fence.rawValue),
                    .integer(claim.number),
                ]
            }
        )
    }

    private func insertOrders(_ decisions: [Decision], _ locked: Locked) throws {
        let orders = decisions.filter(\.status.hasOrder)
        guard !orders.isEmpty else { return }
        try connection.executeBatch(
            """
            INSERT INTO orders (product_id, ticket, user_id, quantity, unit_price, currency, status)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            rows: orders.map { order in
                [
                    .integer(product.rawValue), .integer(order.ticket.rawValue), .string(order.user.rawValue),
                    .integer(Int64(order.quantity)), locked.price, locked.currency, .string(order.status.rawValue),
                ]
            }
        )
    }

    /// The guard repeats what the lock already promises: if it ever fails, nothing of this batch is sold.
    private func updateStock(taking units: Int, soldOutAfter: Int64?) throws {
        if units > 0 {
            try connection.execute(
                "INSERT INTO stock_ledger (product_id, delta, reason, batch) VALUES (?, ?, 'ordered', ?)",
                [.integer(product.rawValue), .integer(Int64(-units)), .integer(claim.number)]
            )
        }
        let updated = try connection.execute(
            """
            UPDATE products SET available_stock = available_stock - ?, sold_out_after = ?
            WHERE id = ? AND available_stock >= ?
            """,
            [
                .integer(Int64(units)), soldOutAfter.map { .integer($0) } ?? .null, .integer(product.rawValue),
                .integer(Int64(units)),
            ]
        )
        guard updated.affectedRows == 1 else {
            throw StoreUnavailable(reason: "the stock of product \(product) changed under its lock: nothing was sold")
        }
    }

    private func openSoldOutRange(after ticket: Int64) throws {
        try connection.execute(
            "INSERT INTO ticket_ranges (product_id, from_ticket, outcome) VALUES (?, ?, 'sold_out')",
            [.integer(product.rawValue), .integer(ticket + 1)]
        )
    }

    private func insertDeadLetters() throws {
        guard !claim.unreadable.isEmpty else { return }
        try connection.executeBatch(
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

    private func ticket(_ row: MariaDBRow, _ column: String) throws -> Ticket {
        guard let ticket = Ticket(Int64(try row.int(.name(column)))) else {
            throw StoreUnavailable(reason: "a row holds a ticket that no line hands out")
        }
        return ticket
    }
}
