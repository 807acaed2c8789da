import FlashSale
import MariaDB

/// The prices that the tickets of one claim have: whoever waits keeps the price at which the ticket was handed out.
struct PriceTable {
    private let latest: Money
    private let latestFrom: Int64
    /// Older prices with their first tickets, the highest ticket first; only read when a ticket needs one.
    private var older: [(fromTicket: Int64, price: Money)] = []

    /// Reads the prices, and tells a new price its first ticket: the one after the last that was handed out.
    init(of locked: LockedProduct, _ claim: Claim, _ connection: MariaDBConnection) throws {
        let product = locked.product
        latest = product.price
        guard !locked.isPricePending else {
            latestFrom = claim.lastTicket + 1
            older = try Self.read(product.id, connection)
            try Self.begin(product, at: latestFrom, connection)
            return
        }
        latestFrom = locked.priceFrom
        let first = claim.entries.map(\.ticket.rawValue).min() ?? latestFrom
        if first < latestFrom { older = try Self.read(product.id, connection) }
    }

    /// The price of one unit for this ticket.
    func price(of ticket: Ticket) -> Money {
        if ticket.rawValue >= latestFrom { return latest }
        return older.first { ticket.rawValue >= $0.fromTicket }?.price ?? latest
    }

    /// Puts down from which ticket on the product's new price holds, once per change.
    static func begin(_ product: Product, at ticket: Int64, _ connection: MariaDBConnection) throws {
        // Two changes with nobody joining between them: the second one replaces the first, which no ticket ever had.
        try connection.execute(
            """
            INSERT INTO prices (product_id, from_ticket, price, currency) VALUES (?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE price = VALUES(price), currency = VALUES(currency), changed_at = NOW(6)
            """,
            [
                .integer(product.id.rawValue), .integer(ticket), .integer(product.price.minorUnits),
                .string(product.price.currency.code),
            ]
        )
        try connection.execute(
            "UPDATE products SET is_price_pending = FALSE WHERE id = ?",
            [.integer(product.id.rawValue)]
        )
    }

    private static func read(
        _ product: ProductID,
        _ connection: MariaDBConnection
    ) throws -> [(fromTicket: Int64, price: Money)] {
        try connection.query(
            "SELECT from_ticket, price, currency FROM prices WHERE product_id = ? ORDER BY from_ticket DESC",
            [.integer(product.rawValue)]
        ).map { row in
            guard let currency = Currency(try row.string("currency")),
                let price = Money(minorUnits: Int64(try row.int("price")), currency: currency)
            else { throw StoreUnavailable(reason: "a row of prices holds values that no price has") }
            return (Int64(try row.int("from_ticket")), price)
        }
    }
}
