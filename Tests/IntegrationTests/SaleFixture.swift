import FlashSale
import FlashSaleStorage
import Foundation
import Logging
import MariaDB
import Redis
import Resilience
import TestSupport
import Testing

/// A shop of a test's own: a schema and a Redis database nobody else uses, both clients, and every part that works on them.
struct Sale: Sendable {
    let stores: Stores
    let redisServer: TestRedis
    let databaseServer: TestMariaDB

    var redis: GuardedRedisClient { stores.redis }
    var database: GuardedMariaDBClient { stores.database }
    var admin: SaleAdministration { SaleAdministration(redis: redis, database: database) }
    var served: RedisServedLine { RedisServedLine(redis: redis) }

    /// Opens a line that is on record, as a worker does, in place of any other one.
    func openLine(_ product: Product, lastTicket: Int64, fence: Fence) async throws {
        let nonce = try #require(product.nonce)
        #expect(try await served.prepare(product.id, unlessAlive: nil, opening: nonce, fence: fence))
        try await served.open(product, lastTicket: lastTicket)
    }
    var books: MariaDBSaleBooks { MariaDBSaleBooks(database: database, batchSize: 50) }

    func line(repeatedCallsPerMinute: Int = 0) -> RedisPurchaseLine {
        RedisPurchaseLine(redis: redis, repeatedCallsPerMinute: repeatedCallsPerMinute, renewsCarts: true)
    }

    /// Opens a shop for the time of the body.
    ///
    /// - Parameter ownRedis: Whether it has a Redis of its own, whose commands can be counted and which can be killed.
    static func with(
        migrated: Bool = true,
        ownRedis: Bool = false,
        _ body: @Sendable @escaping (Sale) async throws -> Void
    ) async throws {
        let redisServer = try await ownRedis ? TestRedis.start() : TestRedis.shared()
        let databaseServer = try await TestMariaDB.shared()
        let sale = Sale(
            stores: clients(redisServer, databaseServer),
            redisServer: redisServer,
            databaseServer: databaseServer
        )
        try await sale.stores.whileRunning {
            try await sale.redis.waitUntilReady(within: .seconds(20))
            if migrated { _ = try await Migrator(database: sale.database).migrate() }
            try await body(sale)
        }
    }

    /// A second process's clients on the same stores.
    func anotherProcess() -> Stores { Self.clients(redisServer, databaseServer) }

    static func clients(_ redis: TestRedis, _ database: TestMariaDB) -> Stores {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return Stores(
            redis: RedisConfiguration(
                address: .unixSocket(path: redis.socketPath),
                database: redis.database,
                connectTimeout: .seconds(20),
                commandTimeout: .seconds(20)
            ),
            mariadb: MariaDBConfiguration(
                address: .unixSocket(path: database.socketPath),
                user: database.user,
                password: database.password,
                database: database.database,
                queueTimeout: .seconds(60)
            ),
            breakers: .neverOpening,
            logger: logger
        )
    }

    /// Puts a product on sale.
    func product(
        stock: Int = 5,
        checkout: Checkout = .instant,
        opensAt: Timestamp? = nil,
        closesAt: Timestamp? = nil,
        limits: Product.Limits = Product.Limits(maxPerUser: 5),
        access: Access = .fifo
    ) async throws -> Product {
        let price = try #require(Currency("USD").flatMap { Money(minorUnits: 9_999, currency: $0) })
        let new = try NewProduct(
            name: "Limited Shoe",
            price: price,
            stock: stock,
            checkout: checkout,
            opensAt: opensAt,
            closesAt: closesAt,
            limits: limits,
            access: access
        )
        let change = try await admin.create(new)
        #expect(change.lineProblem == nil)
        return change.product
    }

    /// Joins and expects a new place.
    @discardableResult
    func join(_ product: ProductID, _ user: String, quantity: Int = 1) async throws -> Standing {
        let answer = try await line().join(JoinRequest(product: product, user: try UserID(user), quantity: quantity))
        guard case .joined(let standing) = answer else {
            throw UnexpectedAnswer(description: "\(user) did not join: \(answer)")
        }
        return standing
    }

    func answer(_ product: ProductID, _ user: String, quantity: Int = 1) async throws -> JoinAnswer {
        try await line().join(JoinRequest(product: product, user: try UserID(user), quantity: quantity))
    }

    /// Where a user stands; nil without a place.
    func standing(_ product: ProductID, _ user: String) async throws -> Standing? {
        try await line().standing(of: try UserID(user), for: product, renewsCart: true)
    }

    /// A lease for a product, as a worker of this name gets it.
    func lease(_ product: ProductID, worker: String = "test", for duration: Duration = .seconds(60)) async throws
        -> Lease
    {
        let leases = try await books.renewLeases(worker: worker, for: duration, maximum: 100)
        return try #require(leases.first { $0.product == product })
    }

    /// Claims once, and expects entries.
    func claim(_ lease: Lease, limit: Int = 50) async throws -> Claim {
        let answer = try await served.claim(lease.product, fence: lease.fence, limit: limit, dropLimit: 1_000)
        guard case .claimed(let claim) = answer else {
            throw UnexpectedAnswer(description: "nothing claimed: \(answer)")
        }
        return claim
    }

    /// Settles and acknowledges a claim.
    @discardableResult
    func settle(_ claim: Claim, _ lease: Lease) async throws -> SettledClaim {
        let settled = try await books.settle(claim, of: lease.product, fence: lease.fence)
        try await acknowledge(claim, settled, lease)
        return settled
    }

    func acknowledge(_ claim: Claim, _ settled: SettledClaim, _ lease: Lease) async throws {
        try await served.acknowledge(Acknowledgement(of: claim, settled, lease: lease))
    }

    /// One number from MariaDB.
    func count(_ sql: String, _ parameters: [MariaDBValue] = []) async throws -> Int {
        try await database.withConnection { connection in
            let row = try connection.query(sql, parameters).first
            return try row?.optionalInt(.index(0)) ?? 0
        }
    }

    /// Runs a statement.
    func execute(_ sql: String, _ parameters: [MariaDBValue] = []) async throws {
        try await database.withConnection { _ = try $0.execute(sql, parameters) }
    }

    /// What must hold after any test: stock, orders, ledger and decisions agree, and nothing was decided twice.
    func expectBooksBalance(_ product: ProductID, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let id = MariaDBValue.integer(product.rawValue)
        let available = try await count("SELECT available_stock FROM products WHERE id = ?", [id])
        let total = try await count("SELECT total_stock FROM products WHERE id = ?", [id])
        let ledger = try await count("SELECT CAST(SUM(delta) AS SIGNED) FROM stock_ledger WHERE product_id = ?", [id])
        let sold = try await count(
            "SELECT CAST(SUM(quantity) AS SIGNED) FROM orders WHERE product_id = ? AND active_user IS NOT NULL",
            [id]
        )
        #expect(available == ledger, sourceLocation: sourceLocation)
        #expect(sold == total - available, sourceLocation: sourceLocation)
        let unequal = try await count(
            """
            SELECT COUNT(*) FROM decisions d LEFT JOIN orders o ON o.product_id = d.product_id AND o.ticket = d.ticket
            WHERE d.product_id = ? AND (d.outcome = 'ordered') <> (o.ticket IS NOT NULL)
            """,
            [id]
        )
        #expect(unequal == 0, sourceLocation: sourceLocation)
        let falling = try await count(
            """
            SELECT COUNT(*) FROM (
                SELECT fence, LAG(fence) OVER (ORDER BY ticket) AS earlier FROM decisions WHERE product_id = ?
            ) AS fences WHERE earlier > fence
            """,
            [id]
        )
        #expect(falling == 0, sourceLocation: sourceLocation)
    }
}

/// A call answered something the test does not go on from.
struct UnexpectedAnswer: Error, CustomStringConvertible {
    let description: String
}
