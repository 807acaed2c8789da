public import FlashSale
public import MariaDB

/// Draws out of MariaDB, as the API shows them.
public struct StoredDrawDesk: DrawDesk {
    private let database: MariaDBClient
    private let shelf: ProofShelf

    /// A desk over the books.
    public init(database: MariaDBClient) {
        self.database = database
        shelf = ProofShelf(database: database)
    }

    /// A product's draw as it is on record.
    public func draw(of product: ProductID) async throws -> DrawRecord? {
        try await database.onConnection { try StoredDraw.read(product, $0) }
    }

    /// Pages of the roster, in order.
    public func rosterPages(of product: ProductID, from page: Int, limit: Int) async throws -> [RosterPage] {
        try await database.onConnection { try StoredDraw.pages(of: product, from: page, limit: limit, $0) }
    }

    /// What was decided of the drawn.
    public func decisions(
        on roster: FixedRoster,
        of product: ProductID,
        after ticket: Int64,
        limit: Int
    ) async throws -> [DrawnDecision] {
        try await database.onConnection { connection in
            try StoredDraw.decisions(on: roster, of: product, after: ticket, limit: limit, connection)
        }
    }

    /// What proves a user's entry.
    public func proof(of user: UserID, in draw: DrawRecord) async throws -> DrawProof? {
        try await shelf.proof(of: user, in: draw)
    }
}

extension StoredDraw {
    /// Decisions on drawn tickets, by rising ticket, which is the order in which they were made.
    static func decisions(
        on roster: FixedRoster,
        of product: ProductID,
        after ticket: Int64,
        limit: Int,
        _ connection: MariaDBConnection
    ) throws -> [DrawnDecision] {
        try connection.query(
            """
            SELECT ticket, user_id, outcome FROM decisions
            WHERE product_id = ? AND ticket > ? AND ticket BETWEEN ? AND ? ORDER BY ticket LIMIT ?
            """,
            [
                .integer(product.rawValue), .integer(ticket), .integer(roster.firstTicket.rawValue),
                .integer(roster.lastTicket), .integer(Int64(limit)),
            ]
        ).map { row in
            guard let ticket = Ticket(Int64(try row.int("ticket"))) else {
                throw StoreUnavailable(reason: "a row holds a ticket that no line hands out")
            }
            return DrawnDecision(
                ticket: ticket,
                user: try UserID(try row.string("user_id")),
                outcome: try row.string("outcome")
            )
        }
    }
}
