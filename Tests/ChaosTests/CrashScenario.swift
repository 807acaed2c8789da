import FlashSale
import FlashSaleStorage
import LocalServers
import MariaDB
import Redis
import Resilience
import ShopSupport
import TestSupport

/// A sale by hold in which processes die at named points, one after the other.
struct CrashScenario: Sendable {
    let shop: RunningShop
    let product: Int
    let history = History()

    init(_ shop: RunningShop) async throws {
        self.shop = shop
        let administration = SaleAdministration(redis: shop.stores.redis, database: shop.stores.database)
        guard let price = Currency("USD").flatMap({ Money(minorUnits: 100, currency: $0) }) else {
            throw Failed(description: "no price")
        }
        let created = try await administration.create(
            NewProduct(name: "Shoe", price: price, stock: 1_000, checkout: .hold)
        )
        product = Int(created.product.id.rawValue)
    }

    struct Failed: Error, CustomStringConvertible { let description: String }

    /// Lets a process die at this point, while everything happens that leads there.
    func die(at point: CrashPoint) async throws {
        if point.isOfAPI { try await dieInAPI(at: point) } else { try await dieInWorker(at: point) }
    }

    /// Lets a worker finish what is left, and looks at every promise.
    func finish() async throws -> [String] {
        let worker = try await shop.launchWorker()
        try await eventually("everything is finished") {
            let waiting = try await redis("LLEN", "flash_sale_queue") + redis("LLEN", "flash_sale_processing")
            let open = try await shop.count(
                """
                SELECT (SELECT COUNT(*) FROM orders WHERE product_id = \(product)
                            AND (unshown = TRUE OR expires_at <= NOW(6)))
                    + (SELECT COUNT(*) FROM outbox WHERE product_id = \(product) AND state = 'waiting')
                """
            )
            // A line whose loss is not on record yet is empty, too.
            let isOpen = try await isLineOpen()
            return isOpen && waiting == 0 && open == 0
        }
        await worker.terminate(within: .seconds(20))
        return try await history.complaints(shop) + complaints()
    }

    private func dieInWorker(at point: CrashPoint) async throws {
        if point.isOfLoss { _ = try await redis("DEL", "flash_sale") }
        let worker = try await shop.launchWorker(["crash.at": point.rawValue])
        try await withThrowingTaskGroup(of: Void.self) { group in
            // A point of loss is reached without news, and nobody shall join a line that is about to be lost.
            group.addTask { while worker.isRunning, !point.isOfLoss { try? await makeNews() } }
            group.addTask {
                let exit = await worker.waitForExit(within: .seconds(60))
                guard exit == .signal(9) else {
                    await worker.kill()
                    throw Failed(description: "no worker came to \(point.rawValue): \(exit.map { "\($0)" } ?? "runs")")
                }
            }
            try await group.waitForAll()
        }
        // What time would do by itself: the dead worker's leases and claimed messages are free again.
        try await execute("UPDATE leases SET until = NOW(6) WHERE holder IS NOT NULL")
        try await execute("UPDATE outbox SET next_attempt_at = NOW(6) WHERE state = 'waiting'")
    }

    /// Somebody joins, somebody's hold runs out, and somebody pays.
    private func makeNews() async throws {
        try await Task.sleep(for: .milliseconds(20))
        try await join("user-\(UInt32.random(in: 0...UInt32.max))")
        try await execute(
            """
            UPDATE orders SET created_at = created_at - INTERVAL 1 HOUR, expires_at = expires_at - INTERVAL 1 HOUR,
                hold_expires_at = hold_expires_at - INTERVAL 1 HOUR
            WHERE product_id = \(product) AND status = 'held' LIMIT 1
            """
        )
        if let order = try await heldOrder() { _ = try await pay(order) }
    }

    private func dieInAPI(at point: CrashPoint) async throws {
        let user = "api-\(UInt32.random(in: 0...UInt32.max))"
        let order = point == .joinBefore || point == .joinAfter ? nil : try await makeHeldOrder(user)
        // A line that an earlier death has left lost takes nobody in before a worker has opened it.
        if try await !isLineOpen() { _ = try await makeHeldOrder("opener-" + user) }
        let port = try LoopbackPort.free()
        let api = try await shop.startAPI(port: port, ["crash.at": point.rawValue])
        // The client hears nothing, and asks again elsewhere.
        if let answer = try? await request(user, order, port: port) {
            throw Failed(description: "no API came to \(point.rawValue): \(answer.text)")
        }
        try await eventually(within: .seconds(10), "after \(point.rawValue) the same request is answered") {
            // A product made within this second may not be known to every API process yet, and says so while it has no line.
            let again = try await request(user, order, port: shop.port)
            if [404, 503].contains(again.status.code) { return false }
            guard (200..<300).contains(again.status.code) else {
                throw Failed(description: "after \(point.rawValue) the same request was answered \(again.text)")
            }
            return true
        }
        guard await api.waitForExit(within: .seconds(60)) == .signal(9) else {
            throw Failed(description: "the API did not die at \(point.rawValue)")
        }
    }

    /// Joins, or checks an order out.
    private func request(_ user: String, _ order: String?, port: Int) async throws -> Answer {
        if let order {
            return try await shop.send(.post, "/api/orders", body: #"{"hold_id":"\#(order)"}"#, port: port)
        }
        let body = #"{"user_id":"\#(user)"}"#
        let answer = try await shop.send(.post, "/api/products/\(product)/queue", body: body, port: port)
        history.note(answer, product, user)
        return answer
    }

    private func join(_ user: String) async throws {
        let answer = try await request(user, nil, port: shop.port)
        guard answer.status.code == 202 else { throw Failed(description: "\(user) did not join: \(answer.text)") }
    }

    /// Lets a worker hold a unit for this user.
    private func makeHeldOrder(_ user: String) async throws -> String {
        let worker = try await shop.launchWorker()
        // The line may be lost at this moment: then nobody joins before the worker has opened it again.
        try await eventually("\(user) joins") { try await request(user, nil, port: shop.port).status.code == 202 }
        try await eventually("\(user) holds a unit") {
            try await shop.standing(product, user)["status"] == "held"
        }
        await worker.terminate(within: .seconds(20))
        guard let order = try await shop.standing(product, user)["order_id"] else {
            throw Failed(description: "\(user) has no order")
        }
        return order
    }

    private func heldOrder() async throws -> String? {
        let ticket = try await shop.count(
            """
            SELECT CAST(MIN(ticket) AS SIGNED) FROM orders
            WHERE product_id = \(product) AND status = 'held' AND expires_at > NOW(6)
            """
        )
        return ticket > 0 ? "\(product)-\(ticket)" : nil
    }

    private func pay(_ order: String) async throws -> Answer {
        let event =
            #"{"event_id":"pay-\#(order)","order_id":"\#(order)","status":"paid","amount":100,"currency":"USD"}"#
        return try await shop.send(.post, "/api/payments/webhook", body: event)
    }

    private func complaints() async throws -> [String] {
        try await shop.auditComplaints(product: product)
    }

    /// A line that was dropped has no nonce, but may have left its fence.
    private func isLineOpen() async throws -> Bool {
        let nonce = RedisCommand("HEXISTS", key: "flash_sale:{\(product)}", ["nonce"])
        return try await shop.stores.redis.send(nonce).integer() == 1
    }

    private func redis(_ command: String, _ key: String) async throws -> Int64 {
        try await shop.stores.redis.send(RedisCommand(command, key: "\(key):{\(product)}")).integer()
    }

    private func execute(_ sql: String) async throws {
        try await shop.stores.database.withConnection { _ = try $0.execute(sql) }
    }
}

extension CrashPoint {
    /// Whether it is only reached when a line's data is lost.
    fileprivate var isOfLoss: Bool {
        switch self {
        case .lossCommit, .lossAfter, .prepareAfter, .openAfter, .rebuildAfter: true
        default: false
        }
    }
}
