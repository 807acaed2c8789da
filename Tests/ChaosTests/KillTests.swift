import FlashSale
import FlashSaleStorage
import Foundation
import LocalServers
import MariaDB
import Resilience
import ShopSupport
import TestSupport
import Testing

/// `kill -9` of everything, at random moments of a sale.
///
/// `FLASHSALE_TEST_KILLS=200` kills 200 times during 10,000 joins for 500 units; without it, 12 times.
@Suite("Chaos: kill -9", .serialized)
struct KillTests {
    private static let kills =
        ProcessInfo.processInfo.environment["FLASHSALE_TEST_KILLS"].flatMap { Int($0) } ?? 12
    private static let joinsPerKill = 50

    @Test("Worker, API, Redis and MariaDB killed at random: every unit is sold, none twice, and nobody is lost")
    func killEverything() async throws {
        let secondPort = try LoopbackPort.free()
        try await RunningShop.with(
            workers: 0,
            environment: ["FLASHSALE_LOG_LEVEL": "error"],
            ownRedis: true,
            ownMariaDB: true
        ) { shop in
            let sale = try await KilledSale(shop, ports: [shop.port, secondPort])
            for kill in 0..<Self.kills {
                try await sale.round(victim: Victim.allCases[kill % Victim.allCases.count], joins: Self.joinsPerKill)
            }
            try await sale.sellTheRest()
            #expect(try await sale.complaints().isEmpty)
            print(await sale.summary)
        }
    }
}

/// What is killed.
enum Victim: String, CaseIterable {
    case worker
    case api = "API"
    case redis = "Redis"
    case mariadb = "MariaDB"
}

/// A sale of small portions of stock, and beside it another one that never ends, whose orders tell how long the shop stood
/// still.
actor KilledSale {
    private let shop: RunningShop
    private let ports: [Int]
    private let drop: ProductID
    private let steady: ProductID
    private let history = History()
    private var apis: [Int: ChildProcess] = [:]
    private var workers: [String: ChildProcess] = [:]
    private var stock: Int
    private var users = 0
    private var delays: [Victim: [Duration]] = [:]

    init(_ shop: RunningShop, ports: [Int]) async throws {
        self.shop = shop
        self.ports = ports
        stock = 2
        drop = try await Self.product(shop, stock: 2)
        steady = try await Self.product(shop, stock: 1_000_000)
        apis[ports[1]] = try await shop.startAPI(port: ports[1])
        for name in ["first", "second"] { workers[name] = try await shop.startWorker(["worker.id": name]) }
    }

    private static func product(_ shop: RunningShop, stock: Int) async throws -> ProductID {
        let price = try #require(Currency("USD").flatMap { Money(minorUnits: 100, currency: $0) })
        let limits = Product.Limits(maxQueue: 1_000_000, cartSeconds: 3_600)
        let new = try NewProduct(name: "Shoe", price: price, stock: stock, limits: limits)
        return try await administration(shop).create(new).product.id
    }

    private static func administration(_ shop: RunningShop) -> SaleAdministration {
        SaleAdministration(redis: shop.stores.redis, database: shop.stores.database)
    }

    /// More stock, a crowd, and a kill in its middle.
    func round(victim: Victim, joins: Int) async throws {
        try await restock(Int.random(in: 2...3))
        let first = users
        users += joins
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in first..<users {
                group.addTask {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...400)))
                    try await self.join(self.drop, "user-\(number)")
                }
            }
            group.addTask {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...400)))
                try await self.measure(victim) { try await self.kill(victim) }
            }
            try await group.waitForAll()
        }
    }

    /// Joins until the last unit is sold.
    func sellTheRest() async throws {
        try await eventually(within: .seconds(300), "everything is sold") {
            users += 1
            try await join(drop, "user-\(users)")
            return try await shop.count("SELECT COUNT(*) FROM orders WHERE product_id = \(drop)") == stock
        }
        try await eventually(within: .seconds(300), "nobody waits any more") {
            for product in [drop, steady] {
                let report = try await Self.administration(shop).queue(of: product)
                if report.waiting + report.processing > 0 { return false }
            }
            return true
        }
    }

    func complaints() async throws -> [String] {
        var complaints = try await history.complaints(shop)
        for product in [drop, steady] {
            complaints += try await shop.auditComplaints(product: Int(product.rawValue))
        }
        let sold = try await shop.count(
            "SELECT COUNT(*) FROM orders WHERE product_id = \(drop) AND status = 'completed'"
        )
        if sold != stock { complaints.append("\(sold) of \(stock) units sold") }
        let left = try await shop.count("SELECT available_stock FROM products WHERE id = \(drop)")
        if left != 0 { complaints.append("\(left) units left") }
        return complaints
    }

    var summary: String {
        let kills = delays.values.reduce(0) { $0 + $1.count }
        let lines = Victim.allCases.compactMap { victim -> String? in
            guard let delays = delays[victim]?.sorted(), let longest = delays.last else { return nil }
            return "  \(victim.rawValue): median \(delays[delays.count / 2]), longest \(longest), \(delays.count) kills"
        }
        return "\(kills) kills during \(users) joins for \(stock) units; from a kill to the next settled order:\n"
            + lines.joined(separator: "\n")
    }

    private func restock(_ units: Int) async throws {
        // An unknown outcome is looked up, not repeated.
        try? await { _ = try await Self.administration(shop).restock(drop, units: units) }()
        try await eventually("the stock is known") {
            stock = try await shop.count("SELECT total_stock FROM products WHERE id = \(drop)")
            return true
        }
    }

    /// Asks again, at the other API process too, until there is an answer that means something.
    private func join(_ product: ProductID, _ user: String) async throws {
        var tries = Int.random(in: 0...1)
        try await eventually(within: .seconds(120), "\(user) gets an answer") {
            tries += 1
            let answer = try await shop.send(
                .post,
                "/api/products/\(product)/queue",
                body: #"{"user_id":"\#(user)"}"#,
                port: ports[tries % ports.count]
            )
            history.note(answer, Int(product.rawValue), user)
            switch answer.status.code {
            case 200, 202: return true
            case 409: return answer["code"] == "sold_out"
            default: return false
            }
        }
    }

    private func kill(_ victim: Victim) async throws {
        switch victim {
        case .worker:
            let holder = try await lease()
            guard let name = workers.keys.first(where: { holder.hasPrefix($0) }) else { return }
            await workers[name]?.kill()
            workers[name] = try await shop.launchWorker(["worker.id": name])
        case .api:
            await apis[ports[1]]?.kill()
            apis[ports[1]] = try await shop.fleet.start("flashsale-api", ["http.port": "\(ports[1])"])
        case .redis:
            try await shop.redis.kill()
            try await shop.redis.restart()
        case .mariadb:
            try await shop.mariadb.kill()
            try await shop.mariadb.restart()
        }
    }

    /// The worker that serves the steady sale: whoever is killed, it is the one that is missed.
    private func lease() async throws -> String {
        try await shop.stores.database.withConnection { connection in
            let row = try connection.query("SELECT holder FROM leases WHERE product_id = 2").first
            return try row?.optionalString("holder") ?? ""
        }
    }

    /// How long nobody's order was settled after a kill, by the time that the order itself says.
    private func measure(_ victim: Victim, _ kill: () async throws -> Void) async throws {
        let before = Date().timeIntervalSince1970
        let steadyJoins = Task { await self.joinSteadily() }
        defer { steadyJoins.cancel() }
        try await kill()
        var settled: Double?
        try await eventually(within: .seconds(60), "an order is settled after a kill of \(victim.rawValue)") {
            settled = try await firstOrder(after: before)
            return settled != nil
        }
        if let settled { delays[victim, default: []].append(.milliseconds(Int((settled - before) * 1_000))) }
    }

    private func firstOrder(after time: Double) async throws -> Double? {
        let product = steady
        return try await shop.stores.database.withConnection { connection in
            let row = try connection.query(
                """
                SELECT CAST(MIN(UNIX_TIMESTAMP(created_at)) AS DOUBLE) AS settled FROM orders
                WHERE product_id = ? AND created_at > FROM_UNIXTIME(?)
                """,
                [.integer(product.rawValue), .double(time)]
            ).first
            return try row?.optionalDouble("settled")
        }
    }

    /// One user after the other, until it is cancelled.
    private func joinSteadily() async {
        while !Task.isCancelled {
            users += 1
            try? await join(steady, "steady-\(users)")
        }
    }
}
