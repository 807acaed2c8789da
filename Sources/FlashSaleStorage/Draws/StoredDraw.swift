import FlashSale
import MariaDB

/// Draws in MariaDB: the table `draws` and, page by page, `draw_roster`.
enum StoredDraw {
    /// Makes a product's draw: a seed that nobody has seen, and what it is committed to with.
    static func begin(_ product: ProductID, _ terms: DrawTerms, _ connection: MariaDBConnection) throws {
        let seed = DrawSeed.random()
        let commitment = seed.commitment(for: product, beacon: terms.beacon)
        try connection.execute(
            "INSERT INTO draws (product_id, seed, commitment) VALUES (?, ?, ?)",
            [.integer(product.rawValue), .bytes(seed.secret.bytes), .bytes(commitment.bytes)]
        )
    }

    /// Reads a draw; nil when the product is not drawn.
    static func read(_ product: ProductID, _ connection: MariaDBConnection) throws -> DrawRecord? {
        let row = try connection.query(
            """
            SELECT \(Product.columns), d.seed, d.commitment, d.beacon_signature, d.root, d.entrants, d.last_ticket, d.line_nonce,
                d.drawn_at IS NOT NULL AS is_drawn, d.placed_at IS NOT NULL AS is_placed
            FROM products p JOIN draws d ON d.product_id = p.id WHERE p.id = ?
            """,
            [.integer(product.rawValue)]
        ).first
        guard let row, let terms = try Product(row: row).access.draw else { return nil }
        let signature = try row.optionalBytes("beacon_signature")
        return DrawRecord(
            product: product,
            terms: terms,
            seed: DrawSeed(try digest(row.bytes("seed"))),
            commitment: try digest(row.bytes("commitment")),
            beaconValue: signature.map { DrawBeacon.Value(signature: $0) },
            roster: try roster(row),
            isDrawn: try row.bool("is_drawn"),
            isPlaced: try row.bool("is_placed")
        )
    }

    private static func roster(_ row: MariaDBRow) throws -> FixedRoster? {
        guard let root = try row.optionalBytes("root") else { return nil }
        let roster = FixedRoster(
            entrants: try row.int("entrants"),
            root: try digest(root),
            lastTicket: Int64(try row.int("last_ticket")),
            lineNonce: try row.string("line_nonce")
        )
        guard let roster else {
            throw StoreUnavailable(reason: "a draw has more entrants than numbers were handed out")
        }
        return roster
    }

    /// How much of a roster is on record.
    static func progress(of product: ProductID, _ connection: MariaDBConnection) throws -> RosterProgress {
        let rows = try connection.query(
            "SELECT entry_count, entries_read, root FROM draw_roster WHERE product_id = ? ORDER BY page",
            [.integer(product.rawValue)]
        )
        return RosterProgress(
            pages: rows.count,
            read: try rows.last?.int("entries_read") ?? 0,
            entries: try rows.reduce(0) { try $0 + $1.int("entry_count") },
            roots: try rows.map { try digest($0.bytes("root")) }
        )
    }

    /// Reads pages of a roster.
    static func pages(
        of product: ProductID,
        from page: Int,
        limit: Int,
        _ connection: MariaDBConnection
    ) throws -> [RosterPage] {
        try connection.query(
            """
            SELECT page, entries, entry_count, entries_read, root FROM draw_roster
            WHERE product_id = ? AND page >= ? ORDER BY page LIMIT ?
            """,
            [.integer(product.rawValue), .integer(Int64(page)), .integer(Int64(limit))]
        ).map { row in
            RosterPage(
                number: try row.int("page"),
                text: try row.bytes("entries"),
                entries: try row.int("entry_count"),
                read: try row.int("entries_read"),
                root: try digest(row.bytes("root"))
            )
        }
    }

    /// What a line's loss means for its draw: what was read of a roster that is not fixed yet names entries that are gone.
    static func forgetUnfixedRoster(of product: ProductID, _ connection: MariaDBConnection) throws {
        try connection.execute(
            """
            DELETE r FROM draw_roster r JOIN draws d ON d.product_id = r.product_id
            WHERE r.product_id = ? AND d.fixed_at IS NULL
            """,
            [.integer(product.rawValue)]
        )
    }

    private static func digest(_ bytes: [UInt8]) throws -> DrawDigest {
        guard let digest = DrawDigest(bytes) else {
            throw StoreUnavailable(reason: "a row of a draw holds a short hash")
        }
        return digest
    }
}
