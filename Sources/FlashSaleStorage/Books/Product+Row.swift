import FlashSale
import MariaDB

extension Product {
    /// The columns that ``init(row:)`` reads, for a table that goes by the name `p`.
    static let columns = """
        p.id, p.name, p.price, p.currency, p.total_stock, p.available_stock, p.checkout, p.paused, p.opens_at, p.closes_at,
        p.max_per_user, p.max_queue, p.cart_seconds, p.hold_seconds, p.payment_seconds, p.sold_out_after, p.version, p.nonce,
        p.access, p.draw_at, p.beacon_chain, p.beacon_round
        """

    /// Reads a row of `products`.
    init(row: MariaDBRow) throws {
        guard let id = ProductID(Int64(try row.int("id"))), let currency = Currency(try row.string("currency")),
            let price = Money(minorUnits: Int64(try row.int("price")), currency: currency),
            let checkout = Checkout(rawValue: try row.string("checkout"))
        else { throw StoreUnavailable(reason: "a row of products holds values that no product has") }
        self.init(
            id: id,
            name: try row.string("name"),
            price: price,
            totalStock: try row.int("total_stock"),
            availableStock: try row.int("available_stock"),
            checkout: checkout,
            isPaused: try row.bool("paused"),
            opensAt: try row.optionalDateTime("opens_at").map(Timestamp.init),
            closesAt: try row.optionalDateTime("closes_at").map(Timestamp.init),
            limits: Limits(
                maxPerUser: try row.int("max_per_user"),
                maxQueue: try row.int("max_queue"),
                cartSeconds: try row.int("cart_seconds"),
                holdSeconds: try row.int("hold_seconds"),
                paymentSeconds: try row.int("payment_seconds")
            ),
            soldOutAfter: try row.optionalInt("sold_out_after").map(Int64.init),
            version: Int64(try row.int("version")),
            nonce: try row.optionalString("nonce"),
            access: try Access(row: row)
        )
    }

    /// Reads one product; nil when there is none of that number.
    static func read(_ id: ProductID, _ connection: MariaDBConnection, locking: Bool = false) throws -> Product? {
        let sql = "SELECT \(columns) FROM products p WHERE p.id = ?" + (locking ? " FOR UPDATE" : "")
        return try connection.query(sql, [.integer(id.rawValue)]).first.map(Product.init)
    }
}

extension Access {
    /// Reads the columns of `products` that say how places are given.
    fileprivate init(row: MariaDBRow) throws {
        guard try row.string("access") == Kind.draw.rawValue else {
            self = .fifo
            return
        }
        guard let drawAt = try row.optionalDateTime("draw_at").map(Timestamp.init) else {
            throw StoreUnavailable(reason: "a product that is drawn has no time of the draw")
        }
        let round = try row.optionalInt("beacon_round").map(Int64.init)
        let chain = try row.optionalString("beacon_chain").flatMap { DrawBeacon.Chain(rawValue: $0) }
        self = .draw(
            DrawTerms(
                drawAt: drawAt,
                beacon: round.flatMap { round in
                    chain.flatMap { DrawBeacon(chain: $0, round: round) }
                }
            )
        )
    }
}

extension Timestamp {
    init(_ dateTime: MariaDBDateTime) { self.init(microseconds: dateTime.microsecondsSinceEpoch) }

    /// As a parameter of a statement.
    var value: MariaDBValue { .dateTime(MariaDBDateTime(microsecondsSinceEpoch: microseconds)) }
}
