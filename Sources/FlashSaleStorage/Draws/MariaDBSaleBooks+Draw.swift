public import FlashSale
import MariaDB

extension MariaDBSaleBooks {
    /// A product's draw as it is on record.
    public func draw(of product: ProductID) async throws -> DrawRecord? {
        try await database.onConnection { try StoredDraw.read(product, $0) }
    }

    /// How much of the roster is on record.
    public func rosterProgress(of product: ProductID) async throws -> RosterProgress {
        try await database.onConnection { try StoredDraw.progress(of: product, $0) }
    }

    /// Puts the roster's next page on record, unless it is there.
    public func addRosterPage(_ page: RosterPage, of product: ProductID, fence: Fence) async throws {
        try await change(product, fence: fence) { connection in
            try connection.execute(
                """
                INSERT INTO draw_roster (product_id, page, entries, entry_count, entries_read, root)
                SELECT d.product_id, ?, ?, ?, ?, ? FROM draws d WHERE d.product_id = ? AND d.fixed_at IS NULL
                ON DUPLICATE KEY UPDATE page = VALUES(page)
                """,
                [
                    .integer(Int64(page.number)), .bytes(page.text), .integer(Int64(page.entries)),
                    .integer(Int64(page.read)), .bytes(page.root.bytes), .integer(product.rawValue),
                ]
            )
        }
        crashPoints.reach(.drawRoster)
    }

    /// Pages of the roster, in order.
    public func rosterPages(of product: ProductID, from page: Int, limit: Int) async throws -> [RosterPage] {
        try await database.onConnection { try StoredDraw.pages(of: product, from: page, limit: limit, $0) }
    }

    /// Fixes the roster, unless it is fixed.
    ///
    /// Numbers of entries that no drawn ticket has are below all of those: they are put on record as nobody's.
    public func fixRoster(_ roster: FixedRoster, of product: ProductID, fence: Fence) async throws {
        let crashPoints = crashPoints
        try await change(product, fence: fence) { connection in
            let fixed = try connection.execute(
                """
                UPDATE draws SET root = ?, entrants = ?, first_ticket = ?, last_ticket = ?, line_nonce = ?, fixed_at = NOW(6)
                WHERE product_id = ? AND fixed_at IS NULL
                """,
                [
                    .bytes(roster.root.bytes), .integer(Int64(roster.entrants)),
                    .integer(roster.firstTicket.rawValue), .integer(roster.lastTicket), .string(roster.lineNonce),
                    .integer(product.rawValue),
                ]
            )
            let known = try Self.lastKnownTicket(of: product, connection)
            if fixed.affectedRows == 1, known + 1 < roster.firstTicket.rawValue {
                try connection.execute(
                    """
                    INSERT INTO ticket_ranges (product_id, from_ticket, to_ticket, outcome) VALUES (?, ?, ?, 'undrawn')
                    """,
                    [.integer(product.rawValue), .integer(known + 1), .integer(roster.firstTicket.rawValue - 1)]
                )
            }
            crashPoints.reach(.drawFix)
        }
        crashPoints.reach(.drawFixed)
    }

    /// Makes the draw, unless it is made.
    public func markDrawn(_ product: ProductID, fence: Fence) async throws {
        try await change(product, fence: fence) { connection in
            try connection.execute(
                """
                UPDATE draws SET drawn_at = NOW(6) WHERE product_id = ? AND fixed_at IS NOT NULL AND drawn_at IS NULL
                """,
                [.integer(product.rawValue)]
            )
        }
        crashPoints.reach(.drawDrawn)
    }

    /// Puts on record that every drawn entrant has a place.
    public func markPlaced(_ product: ProductID, fence: Fence) async throws {
        try await change(product, fence: fence) { connection in
            try connection.execute(
                """
                UPDATE draws SET placed_at = NOW(6) WHERE product_id = ? AND drawn_at IS NOT NULL AND placed_at IS NULL
                """,
                [.integer(product.rawValue)]
            )
        }
        crashPoints.reach(.drawEnded)
    }

    /// Changes a draw under the product's row lock and the worker's lease.
    private func change(
        _ product: ProductID,
        fence: Fence,
        _ body: @Sendable @escaping (MariaDBConnection) throws -> Void
    ) async throws {
        try await database.inTransaction { connection in
            _ = try Self.existing(product, connection, locking: true)
            try Self.compareFence(fence, of: product, connection)
            try body(connection)
        }
    }
}
