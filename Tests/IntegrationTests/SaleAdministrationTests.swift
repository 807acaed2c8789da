import FlashSale
import Foundation
import Logging
import MariaDB
import Redis
import Resilience
import TestSupport
import Testing

@testable import FlashSaleStorage

/// What operators and shoppers see of products, on real stores.
@Suite("Products and their administration")
struct SaleAdministrationTests {
    @Test("Migrations are applied once, by whoever comes first, and checked")
    func migrations() async throws {
        try await Sale.with(migrated: false) { sale in
            let migrator = Migrator(database: sale.database)
            await #expect(throws: SchemaMismatch.missing(Migration.all.map(\.version))) { try await migrator.check() }
            let applied = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<3 { group.addTask { try await migrator.migrate().count } }
                return try await group.reduce(0, +)
            }
            #expect(applied == Migration.all.count)
            #expect(try await migrator.migrate().isEmpty)
            try await migrator.check()
            try await sale.execute("DELETE FROM schema_migrations WHERE version = 4")
            await #expect(throws: SchemaMismatch.missing([4])) { try await migrator.check() }
            // Interrupted between the statements and their record: run again, they are harmless.
            try await sale.execute("DELETE FROM schema_migrations")
            #expect(try await migrator.migrate().map(\.version) == Migration.all.map(\.version))
            try await sale.execute("UPDATE schema_migrations SET checksum = 'x' WHERE version = 2")
            await #expect(throws: SchemaMismatch.changed([2])) { try await migrator.migrate() }
            try await sale.execute("DELETE FROM schema_migrations WHERE version = 2")
            try await sale.execute("INSERT INTO schema_migrations (version, name, checksum) VALUES (99, 'later', 'x')")
            await #expect(throws: SchemaMismatch.unknown([99])) { try await migrator.migrate() }
        }
    }

    @Test("A product reads back as it was created")
    func roundTrip() async throws {
        try await Sale.with { sale in
            let opens = try #require(Timestamp(rfc3339: "2030-01-02T03:04:05.678901Z"))
            let closes = try #require(Timestamp(rfc3339: "2031-01-02T03:04:05Z"))
            let limits = Product.Limits(
                maxPerUser: 3,
                maxQueue: 5_000_000,
                cartSeconds: 60,
                holdSeconds: 61,
                paymentSeconds: 62
            )
            let created = try await sale.product(
                stock: 7,
                checkout: .hold,
                opensAt: opens,
                closesAt: closes,
                limits: limits
            )
            let product = try #require(try await sale.admin.product(created.id))
            #expect(product.opensAt == opens)
            #expect(product.closesAt == closes)
            #expect(product.limits == limits)
            #expect(product.checkout == .hold)
            #expect(product.nonce?.count == 32)
            let cached = try #require(try ProductDocument.decode(ProductDocument.encode([product])).first)
            #expect(cached == product)
        }
    }

    @Test("The catalogue is cached for 60 seconds at most and dropped on every change of stock or product")
    func cache() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2)
            let catalogue = CachedProductCatalogue(
                redis: sale.redis,
                database: sale.database,
                logger: .init(label: "test")
            )
            let key = "flash_sale_product:{\(product.id)}"
            func isCached() async throws -> Bool {
                try await sale.redis.send(RedisCommand("EXISTS", keys: [key, "flash_sale_products"], [])).integer() == 2
            }
            func look() async throws -> Int? {
                let one = try await catalogue.product(product.id)
                let all = try await catalogue.products()
                #expect(all.first == one)
                return one?.availableStock
            }
            #expect(try await look() == 2)
            #expect(try await isCached())
            #expect((1...60).contains(try await sale.redis.send(RedisCommand("TTL", key: key)).integer()))
            // A cached document is what is answered, until something changes.
            try await sale.execute("UPDATE products SET name = 'Other' WHERE id = ?", [.integer(product.id.rawValue)])
            #expect(try await catalogue.product(product.id)?.name == "Limited Shoe")
            try await sale.join(product.id, "ann")
            let lease = try await sale.lease(product.id)
            try await sale.settle(try await sale.claim(lease), lease)
            #expect(try await !isCached())
            #expect(try await look() == 1)
            _ = try await sale.admin.restock(product.id, units: 5)
            #expect(try await look() == 6)
            _ = try await sale.admin.setPaused(product.id, true)
            #expect(try await catalogue.product(product.id)?.isPaused == true)
            #expect(try await catalogue.product(try #require(ProductID(777))) == nil)
        }
    }

    @Test("A slow reader does not bring an old stock back into the cache")
    func staleRead() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2)
            let keys = LineKeys(product.id)
            let before = try await sale.redis.send(RedisCommand("GET", key: keys.productChanges)).string()
            _ = try await sale.admin.restock(product.id, units: 1)
            let reply = try await sale.redis.run(
                LineScripts.cache,
                keys: [keys.productCache, keys.productChanges],
                [RedisArgument(before), "old", "60"]
            )
            #expect(reply.word == "changed")
            #expect(try await sale.redis.send(RedisCommand("EXISTS", key: keys.productCache)).integer() == 0)
        }
    }

    @Test("The stock in Redis is only shown: missing or wrong, it neither sells nor refuses a unit")
    func stockCacheIsOnlyShown() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2)
            let stock = "flash_sale_stock:{\(product.id)}"
            for value in ["1000", "0", "-5", "abc"] {
                _ = try await sale.redis.send(RedisCommand("SET", key: stock, [RedisArgument(value)]))
                try await sale.join(product.id, "user\(value)".replacing("-", with: "m"))
            }
            _ = try await sale.redis.send(RedisCommand("DEL", key: stock))
            let lease = try await sale.lease(product.id)
            let settled = try await sale.settle(try await sale.claim(lease), lease)
            #expect(settled.decisions.map(\.status) == [.completed, .completed, .soldOut, .soldOut])
            #expect(try await sale.redis.send(RedisCommand("GET", key: stock)).string() == "0")
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("The limit of repeated calls is one for all processes")
    func sharedLimit() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            let other = sale.anotherProcess()
            try await other.whileRunning {
                try await other.redis.waitUntilReady(within: .seconds(20))
                let request = JoinRequest(product: product.id, user: try UserID("ann"), quantity: 1)
                let lines = [sale.redis, other.redis].map {
                    RedisPurchaseLine(redis: $0, repeatedCallsPerMinute: 10, renewsCarts: true)
                }
                for index in 0...10 { _ = try await lines[index % 2].join(request) }
                for line in lines {
                    guard case .refused(.rateLimited) = try await line.join(request) else {
                        throw UnexpectedAnswer(description: "each process has a limit of its own")
                    }
                }
            }
        }
    }

    @Test("A commit whose reply is lost is not repeated blindly: the next attempt reads what was decided")
    func lostCommitReply() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2)
            for user in ["a", "b", "c"] { try await sale.join(product.id, user) }
            let lease = try await sale.lease(product.id)
            let claim = try await sale.claim(lease)
            let proxy = try await FaultProxy.start(to: .unixSocket(path: sale.databaseServer.socketPath))
            let cut = MariaDBClient(
                configuration: MariaDBConfiguration(
                    address: .tcp(host: "127.0.0.1", port: proxy.port),
                    user: sale.databaseServer.user,
                    password: sale.databaseServer.password,
                    database: sale.databaseServer.database,
                    connectionCount: 1,
                    connectTimeout: .seconds(60)
                ),
                logger: .init(label: "test")
            )
            try await withThrowingTaskGroup { group in
                group.addTask { try await cut.run() }
                // Connected before the fault: a session's set-up says READ COMMITTED, which is not meant.
                try await cut.ping()
                // The statement itself: 3 is the protocol's code for one that is sent as text.
                proxy.set(.cutReplyTo("\u{3}COMMIT"))
                let guarded = GuardedMariaDBClient(cut, breaker: .neverOpening("mariadb"))
                let books = MariaDBSaleBooks(database: guarded, batchSize: 50)
                await #expect(throws: OutcomeUnknown.self) {
                    try await books.settle(claim, of: product.id, fence: lease.fence)
                }
                group.cancelAll()
                try? await group.waitForAll()
            }
            await proxy.stop()
            #expect(try await sale.count("SELECT COUNT(*) FROM decisions") == 3)
            let settled = try await sale.settle(try await sale.claim(lease), lease)
            #expect(settled.decisions.map(\.status) == [.completed, .completed, .soldOut])
            #expect(try await sale.count("SELECT COUNT(*) FROM stock_ledger WHERE reason = 'ordered'") == 1)
            try await sale.expectBooksBalance(product.id)
        }
    }

    @Test("A reset destroys what is ours, in both stores, and nothing else")
    func reset() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            try await sale.join(product.id, "ann")
            _ = try await sale.redis.send(RedisCommand("SET", key: "somebody_elses", ["1"]))
            try await sale.execute("CREATE TABLE somebody_elses (id INT)")
            _ = try await sale.admin.reset(schema: sale.database)
            let keys = try await sale.redis.send(RedisCommand("SCAN", ["0", "COUNT", "1000"])).array()
            #expect(try keys[1].array().map { try $0.string() } == ["somebody_elses"])
            #expect(try await sale.count("SELECT COUNT(*) FROM somebody_elses") == 0)
            #expect(try await sale.count("SELECT COUNT(*) FROM products") == 0)
            let anew = try await sale.product()
            #expect(anew.id.rawValue == 1)
            #expect(try await sale.join(anew.id, "ann").ticket.rawValue == 1)
        }
    }

    @Test("A database made anew over an old Redis: the new product's line replaces the old one")
    func foreignLine() async throws {
        try await Sale.with { sale in
            let old = try await sale.product(stock: 1)
            try await sale.join(old.id, "ann")
            let lease = try await sale.lease(old.id)
            try await sale.settle(try await sale.claim(lease), lease)
            try await Migrator(database: sale.database).reset()
            // The fences of the old line came from the same clock second; the new ones lie above by then.
            try await eventually("the clock has moved on") {
                try await sale.count("SELECT UNIX_TIMESTAMP()") > Int(lease.fence.rawValue)
            }
            let anew = try await sale.product(stock: 1)
            #expect(anew.id == old.id)
            #expect(try await sale.join(anew.id, "ann").ticket.rawValue == 1)
        }
    }
}
