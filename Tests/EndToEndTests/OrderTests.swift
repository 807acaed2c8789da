import FlashSaleStorage
import Foundation
import LocalServers
import ShopSupport
import TestSupport
import Testing

/// Holds, orders and payments through the three binaries, as the README shows them.
@Suite("End to end: holds, orders and payments", .serialized)
struct OrderTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    @Test("Joined, held, ordered, paid by a signed webhook: completed, and the shop is told")
    func paid() async throws {
        try await withShop { shop in
            let product = try await shop.createProduct(stock: 2, ["--checkout", "hold"])
            let order = try await shop.heldOrder(product, "ada")
            let checkout = try await shop.send(.post, "/api/orders", body: #"{"hold_id":"\#(order)"}"#)
            #expect(checkout.status.code == 201)
            #expect(checkout["status"] == "pending")
            #expect(checkout.headers["location"] == "/api/orders/\(order)")
            #expect(try await shop.send(.post, "/api/orders", body: #"{"hold_id":"\#(order)"}"#).status.code == 200)
            let forged = #"{"event_id":"f","order_id":"\#(order)","status":"paid","amount":9999,"currency":"USD"}"#
            #expect(try await shop.send(.post, "/api/payments/webhook", body: forged).status.code == 401)
            let run = try await shop.fleet.run(
                "flashsale",
                ["payment", "simulate", "--order", order, "--paid", "--times", "50"]
            )
            #expect(run.exit == .code(0), "\(run.standardError)")
            try await shop.waitForStatus(product, "ada", "completed")
            #expect(try await shop.get("/api/orders/\(order)")["status"] == "completed")
            try await eventually("the shop is told") {
                shop.fleet.lines(containing: "order.completed").count == 1
            }
            #expect(shop.fleet.lines(containing: "order.held").count == 1)
        }
    }

    @Test("A failed payment gives the unit to the next in line")
    func failed() async throws {
        try await withShop { shop in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold"])
            let order = try await shop.heldOrder(product, "ada")
            #expect(try await shop.join(product, "bob").status.code == 202)
            #expect(try await shop.send(.post, "/api/orders", body: #"{"hold_id":"\#(order)"}"#).status.code == 201)
            let waiting = try await shop.standing(product, "bob")
            #expect(waiting["status"] == "queued")
            #expect(waiting["stock_state"] == "all_held")
            let run = try await shop.fleet.run("flashsale", ["payment", "simulate", "--order", order, "--failed"])
            #expect(run.exit == .code(0), "\(run.standardError)")
            try await shop.waitForStatus(product, "ada", "cancelled")
            try await shop.waitForStatus(product, "bob", "held")
        }
    }

    @Test(
        "Silence until the hold runs out: the next in line has the unit within a second or so, the late payer a refund due"
    )
    func silence() async throws {
        try await withShop { shop in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold", "--hold-seconds", "1"])
            // On a busy machine the second may be over before anybody has asked for the hold.
            let order = try #require(try await shop.join(product, "ada")["order_id"])
            #expect(try await shop.join(product, "bob").status.code == 202)
            try await shop.waitForStatus(product, "ada", "expired")
            try await eventually("bob has it") {
                let status = try await shop.standing(product, "bob")["status"]
                return status == "held" || status == "expired"
            }
            let refused = try await shop.send(.post, "/api/orders", body: #"{"hold_id":"\#(order)"}"#)
            #expect(refused.status.code == 409)
            #expect(refused["code"] == "hold_expired")
        }
    }

    @Test("Given back before its time, a hold goes to the next in line at once")
    func givenBack() async throws {
        try await withShop { shop in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold"])
            let order = try await shop.heldOrder(product, "ada")
            #expect(try await shop.join(product, "bob").status.code == 202)
            #expect(try await shop.send(.delete, "/api/holds/\(order)").status.code == 204)
            try await shop.waitForStatus(product, "bob", "held")
            #expect(
                try await shop.send(.post, "/api/orders", body: #"{"hold_id":"\#(order)"}"#)["code"] == "hold_released"
            )
        }
    }

    @Test("A worker killed while holds run out loses none: the next one lets them run out")
    func workerKilled() async throws {
        try await withShop(workers: 0) { shop in
            let product = try await shop.createProduct(
                stock: 200,
                ["--checkout", "hold", "--hold-seconds", "2", "--max-queue", "1000"]
            )
            for number in 0..<300 { #expect(try await shop.join(product, "user\(number)").status.code == 202) }
            for _ in 0..<3 {
                let worker = try await shop.startWorker()
                try await eventually("a hold has run out") {
                    try await shop.count("SELECT COUNT(*) FROM orders WHERE status = 'expired'") > 0
                }
                _ = await worker.kill()
            }
            try await shop.startWorker()
            try await eventually("every hold has run out, and everybody had a turn") {
                try await shop.count("SELECT COUNT(*) FROM orders WHERE status = 'expired'") == 300
            }
            #expect(try await shop.count("SELECT available_stock FROM products") == 200)
            #expect(try await shop.count("SELECT CAST(SUM(delta) AS SIGNED) FROM stock_ledger") == 200)
            #expect(try await shop.count("SELECT COUNT(*) FROM stock_ledger WHERE reason = 'expired'") == 300)
        }
    }

    private func withShop(
        workers: Int = 1,
        _ body: @Sendable @escaping (RunningShop) async throws -> Void
    ) async throws {
        let port = try LoopbackPort.free()
        let environment = [
            "FLASHSALE_PAYMENTS_SECRET": Self.secret,
            "FLASHSALE_OUTBOX_URL": "log",
            "FLASHSALE_API_URL": "http://127.0.0.1:\(port)",
        ]
        try await RunningShop.with(workers: workers, environment: environment, port: port, body)
    }
}

extension RunningShop {
    /// Joins, waits for the hold, and returns its id.
    func heldOrder(_ product: Int, _ user: String) async throws -> String {
        let joined = try await join(product, user)
        #expect(joined.status.code == 202)
        try await waitForStatus(product, user, "held")
        return try #require(joined["order_id"])
    }

    /// Polls until a user stands so.
    func waitForStatus(_ product: Int, _ user: String, _ status: String) async throws {
        try await eventually("\(user) is \(status)") { try await standing(product, user)["status"] == status }
    }
}
