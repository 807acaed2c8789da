import FlashSale
import MariaDB

/// MariaDB's part of the overview: a few indexed reads, whatever the sales have grown to.
struct OverviewBooks {
    let at: Timestamp
    let products: [Product]
    let hidden: Int
    let workers: [WorkerSight]
    let failedEntries: Int
    let refundsDue: Int
    let toReview: Int
    private let leases: [ProductID: LeaseHolder]
    private let samples: [ProductID: [LineSample]]

    /// Counting stops here: more is shown as that many.
    private static let countLimit = 10_000

    init(_ connection: MariaDBConnection) throws {
        let limit = MariaDBValue.integer(Int64(OperatorOverview.maximumSales))
        products = try connection.query(
            "SELECT \(Product.columns) FROM products p ORDER BY p.id LIMIT ?",
            [limit]
        ).map(Product.init)
        let counts = try connection.query(
            """
            SELECT NOW(6) AS at, (SELECT COUNT(*) FROM products) AS products,
                (SELECT COUNT(*) FROM (SELECT 1 FROM dead_letters LIMIT \(Self.countLimit)) AS f) AS failed,
                (SELECT COUNT(*) FROM (SELECT 1 FROM payment_events WHERE result = 'refund_due'
                    LIMIT \(Self.countLimit)) AS r) AS refunds,
                (SELECT COUNT(*) FROM (SELECT 1 FROM payment_events WHERE result = 'conflicting'
                    LIMIT \(Self.countLimit)) AS c) AS reviews
            """
        ).first
        guard let counts else { throw StoreUnavailable(reason: "MariaDB did not count") }
        at = Timestamp(try counts.dateTime("at"))
        hidden = max(0, try counts.int("products") - products.count)
        failedEntries = try counts.int("failed")
        refundsDue = try counts.int("refunds")
        toReview = try counts.int("reviews")
        leases = try SaleAdministration.leaseHolders(connection)
        let served = leases.values.reduce(into: [String: Int]()) { $0[$1.worker, default: 0] += 1 }
        workers = try connection.query(
            "SELECT worker, started_at FROM workers WHERE until > NOW(6) ORDER BY worker LIMIT 100"
        ).map { row in
            let name = try row.string("worker")
            return WorkerSight(
                name: name,
                products: served[name] ?? 0,
                startedAt: Timestamp(try row.dateTime("started_at"))
            )
        }
        samples = try products.reduce(into: [:]) { samples, product in
            samples[product.id] = try StoredSample.latest(2, of: product.id, connection).map { try $0.sample() }
        }
    }

    /// One sale with what Redis shows of its line.
    func sight(of product: Product, line: LineSight?) -> SaleSight {
        let samples = samples[product.id] ?? []
        let lease = leases[product.id]
        return SaleSight(
            product: product,
            waiting: line?.lastTicket == nil ? nil : line?.waiting,
            lastTicket: line?.lastTicket,
            servedTicket: line?.servedTicket,
            worker: lease?.worker,
            leaseMilliseconds: lease.map { Int($0.timeLeft / .milliseconds(1)) },
            sample: samples.first,
            rates: samples.count == 2 ? LineRates(from: samples[1], to: samples[0]) : nil
        )
    }
}
