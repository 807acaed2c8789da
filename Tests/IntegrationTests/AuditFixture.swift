import FlashSale
import FlashSaleStorage
import MariaDB
import Testing

extension Sale {
    var audit: Audit { Audit(redis: redis, database: database) }

    /// What an audit finds, as `invariant: problem`, each once.
    func problems(_ product: ProductID? = nil) async throws -> Set<String> {
        let report = try await audit.run(of: product)
        return Set(
            report.invariants.flatMap { invariant in
                invariant.rows.map { "\(invariant.invariant.rawValue): \($0.problem)" }
            }
        )
    }

    /// Expects an audit to find this and nothing else; the row is returned.
    @discardableResult
    func expectViolation(
        _ invariant: Invariant,
        _ problem: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> AuditRow {
        let report = try await audit.run()
        let violated = report.invariants.filter { $0.violations > 0 }
        #expect(violated.map(\.invariant) == [invariant], "\(violated)", sourceLocation: sourceLocation)
        let row = violated.flatMap(\.rows).first { $0.problem == problem }
        return try #require(row, "\(violated)", sourceLocation: sourceLocation)
    }

    /// Expects an audit to find nothing, and to have judged everything unless told otherwise.
    func expectClean(judgesAll: Bool = true, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let report = try await audit.run()
        let violated = report.invariants.filter { $0.violations > 0 }
        #expect(report.isClean, "\(violated)", sourceLocation: sourceLocation)
        guard judgesAll else { return }
        let open = report.invariants.flatMap(\.notJudged)
        #expect(open.isEmpty, "\(open)", sourceLocation: sourceLocation)
    }

    /// Moves the whole life of an order into the past, so that it is due by its own row.
    func age(_ order: OrderID) async throws {
        try await execute(
            """
            UPDATE orders SET created_at = created_at - INTERVAL 1 DAY, expires_at = expires_at - INTERVAL 1 DAY,
                hold_expires_at = hold_expires_at - INTERVAL 1 DAY, checked_out_at = checked_out_at - INTERVAL 1 DAY
            WHERE product_id = ? AND ticket = ?
            """,
            [.integer(order.product.rawValue), .integer(order.ticket.rawValue)]
        )
    }

    /// A sale of some kind, served, with everybody decided: ann, bob and cid have orders, dan was too late or waits.
    func servedSale(_ checkout: Checkout, stock: Int = 3) async throws -> (product: ProductID, lease: Lease) {
        let product = try await product(stock: stock, checkout: checkout).id
        let lease = try await lease(product)
        for user in ["ann", "bob", "cid"] { try await join(product, user) }
        try await serve(lease)
        return (product, lease)
    }

    /// The order of a ticket.
    func order(_ product: ProductID, _ ticket: Int64) throws -> OrderID {
        OrderID(product: product, ticket: try #require(Ticket(ticket)))
    }
}

extension AuditRow {
    /// A field's value.
    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}
