public import FlashSale
import MariaDB
public import Resilience

/// Draws out of MariaDB, as the API shows them.
public struct StoredDrawDesk: DrawDesk {
    private let database: GuardedMariaDBClient
    private let shelf: ProofShelf

    /// A desk over the books.
    public init(database: GuardedMariaDBClient) {
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
    public func decisions(on draw: DrawRecord, after ticket: Int64, limit: Int) async throws -> [DrawnDecision] {
        guard let roster = draw.roster else { return [] }
        let salt = draw.document.salt
        return try await database.onConnection { connection in
            try StoredDraw.decisions(on: roster, of: draw.product, after: ticket, limit: limit, connection).map {
                DrawnDecision(ticket: $0.ticket, user: salt.hash($0.user), outcome: .decided($0.status))
            }
        }
    }

    /// What proves a user's entry.
    public func proof(of user: UserID, in draw: DrawRecord) async throws -> DrawProof? {
        try await shelf.proof(of: user, in: draw)
    }
}

extension StoredDraw {
    /// Decisions on drawn tickets, by rising ticket, which is the order in which they were made; as their orders stand now.
    static func decisions(
        on roster: FixedRoster,
        of product: ProductID,
        after ticket: Int64,
        limit: Int,
        _ connection: MariaDBConnection
    ) throws -> [(ticket: Ticket, user: UserID, status: PurchaseStatus)] {
        try connection.query(
            """
            SELECT d.ticket, d.user_id, COALESCE(o.status, d.outcome) AS status
            FROM decisions d LEFT JOIN orders o ON o.product_id = d.product_id AND o.ticket = d.ticket
            WHERE d.product_id = ? AND d.ticket > ? AND d.ticket BETWEEN ? AND ? ORDER BY d.ticket LIMIT ?
            """,
            [
                .integer(product.rawValue), .integer(ticket), .integer(roster.firstTicket.rawValue),
                .integer(roster.lastTicket), .integer(Int64(limit)),
            ]
        ).map { row in
            guard let ticket = Ticket(Int64(try row.int("ticket"))),
                let status = PurchaseStatus(rawValue: try row.string("status"))
            else { throw StoreUnavailable(reason: "a row of decisions holds what no decision has") }
            return (ticket, try UserID(try row.string("user_id")), status)
        }
    }
}
