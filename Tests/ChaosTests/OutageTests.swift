import FlashSaleStorage
import Foundation
import LocalServers
import MariaDB
import Resilience
import ShopSupport
import TestSupport
import Testing

/// One store stands still, as a machine does that has lost its power or its network: it refuses nothing and answers nothing.
@Suite("Chaos: one store stands still, the other one is well", .serialized)
struct OutageTests {
    private static let key = "a-key-of-the-operator"
    /// A command's time is up soon, so that calls fail while the store stands still; how soon is in no assertion.
    private static let settings = [
        "FLASHSALE_REDIS_COMMAND_TIMEOUT": "1s", "FLASHSALE_PAYMENTS_SIGNATURE": "none",
        "FLASHSALE_BREAKER_OPEN": "10m",
    ]

    @Test(
        "Redis stopped: dead letters retried twelve at once open no breaker but Redis's, orders are shown, payments are taken"
    )
    func redisStopped() async throws {
        try await RunningShop.with(workers: 1, environment: Self.settings, ownRedis: true) { shop in
            let product = try await shop.createProduct(stock: 20, ["--checkout", "payment"])
            #expect(try await shop.join(product, "ada").status.code == 202)
            try await eventually("ada's order is pending") {
                try await shop.standing(product, "ada")["status"] == "pending"
            }
            let order = try #require(try await shop.standing(product, "ada")["order_id"])
            let letters = try await shop.addDeadLetters(12, of: product)
            let admin = try LoopbackPort.free()
            let api = try LoopbackPort.free()
            try await shop.startAPI(port: api, ["admin.port": "\(admin)", "admin.key": Self.key])

            try shop.redis.process().suspend()
            let retries = try await withThrowingTaskGroup(of: Int.self) { group in
                for letter in letters {
                    group.addTask {
                        try await shop.send(
                            .post,
                            "/admin/api/failed/\(letter)/retry",
                            port: admin,
                            headers: ["authorization": "Bearer \(Self.key)"]
                        ).status.code
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(retries == Array(repeating: 503, count: 12))
            // The process whose desk has failed twelve times, in what it shows of itself.
            #expect(try await shop.breaker("redis", port: api) == Breaker(state: "2", opened: "1"))
            #expect(try await shop.breaker("mariadb", port: api) == Breaker(state: "0", opened: "0"))
            let shown = try await shop.send(.get, "/api/orders/\(order)", port: api)
            #expect(shown.status.code == 200 && shown["status"] == "pending", "\(shown.text)")
            let paid = #"{"event_id":"e1","order_id":"\#(order)","status":"paid","amount":9999,"currency":"USD"}"#
            let webhook = try await shop.send(.post, "/api/payments/webhook", body: paid, port: api)
            #expect(webhook.status.code == 200, "\(webhook.text)")
            let refused = try await shop.send(
                .post,
                "/api/products/\(product)/queue",
                body: #"{"user_id":"bob"}"#,
                port: api
            )
            #expect(refused.status.code == 503 && refused.headers["retry-after"] != nil, "\(refused.text)")

            try shop.redis.process().resume()
            try await eventually("the payment shows in Redis") {
                try await shop.standing(product, "ada")["status"] == "completed"
            }
            try await eventually("the line is joined again") {
                [200, 202].contains(try await shop.join(product, "bob").status.code)
            }
            try await eventually("the line is served again") {
                try await shop.standing(product, "bob")["status"] == "pending"
            }
            #expect(try await shop.count("SELECT COUNT(*) FROM dead_letters") == 12)
        }
    }

    @Test("MariaDB stopped: joins and polls go on, and all who joined meanwhile are served when it is back")
    func databaseStopped() async throws {
        try await RunningShop.with(workers: 1, environment: Self.settings, ownRedis: true, ownMariaDB: true) { shop in
            let product = try await shop.createProduct(stock: 100)
            #expect(try await shop.join(product, "first").status.code == 202)
            try await eventually("the first is served") {
                try await shop.standing(product, "first")["status"] == "completed"
            }
            try shop.mariadb.process().suspend()
            for number in 0..<30 {
                #expect(try await shop.join(product, "user\(number)").status.code == 202)
                #expect(try await shop.standing(product, "user\(number)")["status"] == "queued")
            }
            #expect(try await shop.standing(product, "first")["status"] == "completed")
            try shop.mariadb.process().resume()
            try await eventually("all are served") { try await shop.count("SELECT COUNT(*) FROM orders") == 31 }
            try await eventually("all are told") {
                try await shop.standing(product, "user29")["status"] == "completed"
            }
            #expect(try await shop.auditComplaints(product: product).isEmpty)
        }
    }
}

/// What a process shows of a breaker in its metrics.
private struct Breaker: Equatable {
    var state: String?
    var opened: String?
}

extension RunningShop {
    /// Puts aside entries of users who never joined; returns the letters' numbers.
    fileprivate func addDeadLetters(_ count: Int, of product: Int) async throws -> [Int] {
        let rows = (0..<count).map { "(\(product), 1, \($0), '1:\(900 + $0):1:letter\($0)', 'tried')" }
        return try await stores.database.withConnection { connection in
            _ = try connection.execute(
                "INSERT INTO dead_letters (product_id, batch, position, raw, reason) VALUES \(rows.joined(separator: ", "))"
            )
            return try connection.query("SELECT id FROM dead_letters ORDER BY id").map { try $0.int("id") }
        }
    }

    fileprivate func breaker(_ store: String, port: Int) async throws -> Breaker {
        let metrics = try await send(.get, "/metrics", port: port).text
        func value(_ name: String) -> String? {
            let start = "\(name){store=\"\(store)\"} "
            return metrics.split(separator: "\n").first { $0.hasPrefix(start) }.map {
                String($0.dropFirst(start.count))
            }
        }
        return Breaker(
            state: value("flashsale_breaker_state"),
            opened: value("flashsale_breaker_opened_total") ?? "0"
        )
    }
}
