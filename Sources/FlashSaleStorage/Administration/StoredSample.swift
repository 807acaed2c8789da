import FlashSale
import MariaDB

/// A row of `line_samples`.
struct StoredSample {
    /// The counts that grow from sample to sample.
    struct Counts: Hashable {
        /// The decisions up to this ticket are counted.
        var ticket: Int64 = 0
        var ordered = 0
        var refused = 0
        var watermarked = 0
        var gone = 0
        var alreadyPurchased = 0
        var failed = 0
    }

    let at: MariaDBValue
    var waiting = 0
    var lastTicket: Int64 = 0
    var servedTicket: Int64 = 0
    var available = 0
    var held = 0
    var sold = 0
    var counts: Counts

    static let columns = """
        sampled_at, waiting, last_ticket, served_ticket, available, held, sold, counted_ticket, ordered, refused, watermarked,
        gone, already_purchased, failed
        """

    init(at: MariaDBValue, counts: Counts) {
        self.at = at
        self.counts = counts
    }

    init(row: MariaDBRow) throws {
        at = .dateTime(try row.dateTime("sampled_at"))
        waiting = try row.int("waiting")
        lastTicket = Int64(try row.int("last_ticket"))
        servedTicket = Int64(try row.int("served_ticket"))
        available = try row.int("available")
        held = try row.int("held")
        sold = try row.int("sold")
        counts = Counts(
            ticket: Int64(try row.int("counted_ticket")),
            ordered: try row.int("ordered"),
            refused: try row.int("refused"),
            watermarked: try row.int("watermarked"),
            gone: try row.int("gone"),
            alreadyPurchased: try row.int("already_purchased"),
            failed: try row.int("failed")
        )
    }

    /// The latest samples of a product, the latest first.
    static func latest(_ limit: Int, of product: ProductID, _ connection: MariaDBConnection) throws -> [StoredSample] {
        try connection.query(
            "SELECT \(columns) FROM line_samples WHERE product_id = ? ORDER BY sampled_at DESC LIMIT ?",
            [.integer(product.rawValue), .integer(Int64(limit))]
        ).map(StoredSample.init)
    }

    /// Writes the sample once, whoever comes first; in an unchanged stretch only its end moves on.
    func write(_ product: ProductID, after before: [StoredSample], _ connection: MariaDBConnection) throws {
        let id = MariaDBValue.integer(product.rawValue)
        if before.count == 2, before.allSatisfy({ $0.figures == figures }) {
            try connection.execute(
                "UPDATE IGNORE line_samples SET sampled_at = ? WHERE product_id = ? AND sampled_at = ? AND ? > sampled_at",
                [at, id, before[0].at, at]
            )
            return
        }
        try connection.execute(
            "INSERT IGNORE INTO line_samples (product_id, \(Self.columns)) "
                + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [id, at] + figures.map { .integer($0) }
        )
    }

    private var figures: [Int64] {
        [
            Int64(waiting), lastTicket, servedTicket, Int64(available), Int64(held), Int64(sold), counts.ticket,
            Int64(counts.ordered), Int64(counts.refused), Int64(counts.watermarked), Int64(counts.gone),
            Int64(counts.alreadyPurchased), Int64(counts.failed),
        ]
    }

    /// The sample as the domain knows it.
    func sample() throws -> LineSample {
        guard case .dateTime(let time) = at else { throw StoreUnavailable(reason: "a sample has no time") }
        var outcomes = LineSample.Outcomes()
        outcomes.ordered = counts.ordered
        outcomes.soldOut = counts.refused + counts.watermarked
        outcomes.gone = counts.gone
        outcomes.alreadyPurchased = counts.alreadyPurchased
        outcomes.failed = counts.failed
        return LineSample(
            at: Timestamp(time),
            waiting: waiting,
            lastTicket: lastTicket,
            servedTicket: servedTicket,
            available: available,
            held: held,
            sold: sold,
            outcomes: outcomes
        )
    }
}

extension StoredSample.Counts {
    /// Counts the decisions behind the last one that is counted: tickets are decided in rising order.
    mutating func add(decisionsOf product: ProductID, limit: Int, _ connection: MariaDBConnection) throws {
        let rows = try connection.query(
            """
            SELECT outcome, COUNT(*) AS tickets, CAST(MAX(ticket) AS SIGNED) AS last_one FROM (
                SELECT ticket, outcome FROM decisions WHERE product_id = ? AND ticket > ? ORDER BY ticket LIMIT ?
            ) AS new_ones GROUP BY outcome
            """,
            [.integer(product.rawValue), .integer(ticket), .integer(Int64(limit))]
        )
        for row in rows {
            let tickets = try row.int("tickets")
            ticket = max(ticket, Int64(try row.int("last_one")))
            switch try row.string("outcome") {
            case "ordered": ordered += tickets
            case "sold_out": refused += tickets
            case "left", "cart_expired": gone += tickets
            case "already_purchased": alreadyPurchased += tickets
            default: failed += tickets
            }
        }
    }
}
