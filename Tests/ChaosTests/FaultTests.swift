import Assembly
import FlashSale
import FlashSaleStorage
import Foundation
import LocalServers
import MariaDB
import NIOConcurrencyHelpers
import Resilience
import ShopSupport
import TestSupport
import Testing

/// Faults of the table in the README that need whole programs: frozen workers, a database in trouble, orderly ends under load.
@Suite("Chaos: faults", .serialized)
struct FaultTests {
    @Test("A worker frozen inside its transaction loses it, its successor goes on, and when it wakes it does no harm")
    func frozenWorker() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 3)
            for number in 0..<5 { #expect(try await shop.join(product, "user\(number)").status.code == 202) }
            let worker = try await freezeInTransaction(shop)
            // The lock is the frozen worker's now, until the server takes it away.
            try await shop.startWorker()
            try await eventually("the successor settles") { try await shop.count("SELECT COUNT(*) FROM orders") == 3 }
            worker.resume()
            for number in 5..<8 { _ = try await shop.join(product, "user\(number)") }
            try await waitUntilQuiet(shop, product)
            #expect(worker.isRunning)
            #expect(try await shop.auditComplaints(product: product).isEmpty)
        }
    }

    @Test("A worker frozen between two steps is fenced out after its lease, and its product is served by another")
    func frozenBetweenSteps() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 50)
            let frozen = try await shop.startWorker()
            for number in 0..<20 { #expect(try await shop.join(product, "user\(number)").status.code == 202) }
            frozen.suspend()
            try await shop.startWorker()
            for number in 20..<60 { _ = try await shop.join(product, "user\(number)") }
            try await eventually("the successor serves") { try await shop.count("SELECT COUNT(*) FROM orders") == 50 }
            frozen.resume()
            try await waitUntilQuiet(shop, product)
            #expect(try await shop.auditComplaints(product: product).isEmpty)
        }
    }

    @Test(
        "A database that only reads, that lets nobody in, or that holds a lock: nobody is lost, and all goes on by itself"
    )
    func databaseInTrouble() async throws {
        try await RunningShop.with(workers: 0, ownMariaDB: true) { shop in
            let product = try await shop.createProduct(stock: 30)
            try await shop.startWorker()
            let history = History()
            var users = 0
            func joinAndServe(_ trouble: String, _ during: () async throws -> Void) async throws {
                for _ in 0..<10 {
                    users += 1
                    history.note(try await shop.join(product, "user\(users)"), product, "user\(users)")
                }
                try await during()
                let expected = min(users, 30)
                try await eventually("all are served after: \(trouble)") {
                    try await shop.count("SELECT COUNT(*) FROM orders") == expected
                }
            }
            try await shop.mariadb.executeAsRoot("SET GLOBAL read_only = 1")
            try await joinAndServe("read only") {
                #expect(try await shop.standing(product, "user1")["status"] == "queued")
                try await shop.mariadb.executeAsRoot("SET GLOBAL read_only = 0")
            }
            let user = "'\(shop.mariadb.user)'"
            try await shop.mariadb.executeAsRoot("ALTER USER \(user) ACCOUNT LOCK; KILL USER \(user)")
            try await joinAndServe("nobody let in") {
                try await shop.mariadb.executeAsRoot("ALTER USER \(user) ACCOUNT UNLOCK")
            }
            try await joinAndServe("a lock that is held") {
                try await shop.stores.database.withTransaction { connection in
                    _ = try connection.query("SELECT id FROM products FOR UPDATE")
                    _ = try connection.query("SELECT SLEEP(4)")
                }
            }
            try await waitUntilQuiet(shop, product)
            #expect(try await shop.count("SELECT COUNT(*) FROM dead_letters") == 0)
            #expect(try await history.complaints(shop).isEmpty)
            #expect(try await shop.auditComplaints(product: product).isEmpty)
        }
    }

    @Test("Workers that are told to stop at any moment end their batch and leave with exit code 0")
    func stoppedWorkers() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 400, ["--max-queue", "5000"])
            let history = History()
            for round in 0..<8 {
                let worker = try await shop.launchWorker()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<100 {
                        let user = "user\(round)-\(number)"
                        group.addTask { history.note(try await shop.join(product, user), product, user) }
                    }
                    try await group.waitForAll()
                }
                // Each time a little later in the worker's life; the first one has hardly begun.
                try await Task.sleep(for: .milliseconds(40 * round))
                #expect(await worker.terminate(within: .seconds(20)) == .code(0))
            }
            try await shop.startWorker()
            try await waitUntilQuiet(shop, product)
            #expect(try await shop.count("SELECT COUNT(*) FROM orders") == 400)
            #expect(try await history.complaints(shop).isEmpty)
            #expect(try await shop.auditComplaints(product: product).isEmpty)
        }
    }

    @Test(
        "API processes replaced one after the other under load: no error is answered, and whoever is cut off asks the other"
    )
    func rollingRestart() async throws {
        let second = try LoopbackPort.free()
        try await RunningShop.with(workers: 1) { shop in
            let product = try await shop.createProduct(stock: 10, ["--max-queue", "100000"])
            var api = try await shop.startAPI(port: second)
            let outcomes = NIOLockedValueBox<[String: Int]>([:])
            let isOver = NIOLockedValueBox(false)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<8 {
                    group.addTask {
                        var number = 0
                        while !isOver.withLockedValue({ $0 }) {
                            number += 1
                            let user = "user\(client)-\(number)"
                            var outcome = await Self.joinOnce(shop, product, user, port: second)
                            outcomes.withLockedValue { $0[outcome, default: 0] += 1 }
                            if outcome.hasPrefix("cut off") {
                                outcome = await Self.joinOnce(shop, product, user, port: shop.port)
                                outcomes.withLockedValue { $0["then " + outcome, default: 0] += 1 }
                            }
                        }
                    }
                }
                for _ in 0..<4 {
                    #expect(await api.terminate(within: .seconds(20)) == .code(0))
                    api = try await shop.startAPI(port: second)
                }
                isOver.withLockedValue { $0 = true }
                try await group.waitForAll()
            }
            let counts = outcomes.withLockedValue { $0 }
            print("Four restarts under load: \(counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" })")
            #expect(
                counts.keys.allSatisfy {
                    ["answered", "refused", "then answered"].contains($0) || $0.hasPrefix("cut off")
                }
            )
            try await waitUntilQuiet(shop, product)
            #expect(try await shop.auditComplaints(product: product).isEmpty)
        }
    }

    /// Joins over a connection of its own, without a retry; returns what became of it.
    ///
    /// A connection that the closing server never read from is cut off without an answer.
    private static func joinOnce(_ shop: RunningShop, _ product: Int, _ user: String, port: Int) async -> String {
        do {
            let answer = try await shop.send(
                .post,
                "/api/products/\(product)/queue",
                body: #"{"user_id":"\#(user)"}"#,
                port: port,
                headers: ["connection": "close"]
            )
            return [200, 202, 409].contains(answer.status.code)
                ? "answered" : "answered with \(answer.status.code): \(answer.text)"
        } catch {
            let reason = HTTPFailure.reason(error)
            return reason.contains("refused") ? "refused" : "cut off: \(reason)"
        }
    }

    /// Starts a worker that gets as far as the product's lock, freezes it there, and lets it have the lock.
    private func freezeInTransaction(_ shop: RunningShop) async throws -> ChildProcess {
        let isBlocked = NIOLockedValueBox(false)
        let isFrozen = NIOLockedValueBox(false)
        async let lock: Void = shop.stores.database.withTransaction { connection in
            _ = try connection.query("SELECT id FROM products FOR UPDATE")
            // Bounded: whatever goes wrong, the lock is not held for long.
            for _ in 0..<1_000 where !isFrozen.withLockedValue({ $0 }) {
                let waiting = try connection.query(
                    """
                    SELECT 1 AS found FROM information_schema.processlist
                    WHERE id <> CONNECTION_ID() AND info LIKE '%FOR UPDATE' AND time_ms > 50
                    """
                )
                if !waiting.isEmpty { isBlocked.withLockedValue { $0 = true } }
                _ = try connection.query("SELECT SLEEP(0.01)")
            }
        }
        let worker = try await shop.launchWorker()
        try await eventually(within: .seconds(30), "the worker waits for the lock") {
            isBlocked.withLockedValue { $0 }
        }
        worker.suspend()
        isFrozen.withLockedValue { $0 = true }
        try await lock
        return worker
    }

    private func waitUntilQuiet(_ shop: RunningShop, _ product: Int) async throws {
        let administration = SaleAdministration(redis: shop.stores.redis, database: shop.stores.database)
        try await eventually("the line is quiet") {
            for report in try await administration.products() {
                let queue = try await administration.queue(of: report.id)
                if queue.waiting + queue.processing > 0 { return false }
            }
            return true
        }
    }
}
