import FlashSale
import FlashSaleStorage
import Foundation
import LocalServers
import MariaDB
import Redis
import Resilience
import ShopSupport
import TestSupport
import Testing

/// Workers that kill themselves in every step of a draw, one after the other.
@Suite("Chaos: crash points of a draw")
struct DrawCrashTests {
    private static let points = CrashPoint.allCases.filter(\.isOfDraw)
    private static let entrants = 40

    @Test("Whoever dies in whatever step, and whoever dies after that: one order, the published one, and a clean audit")
    func everyPair() async throws {
        // A step that is over is reached again by nobody: the second death is in the same step or a later one.
        let pairs = Self.points.indices.flatMap { first in Self.points[first...].map { (Self.points[first], $0) } }
        let problems = Problems()
        let environment = ["FLASHSALE_LOG_LEVEL": "warning", "FLASHSALE_WORKER_MAX_PRODUCTS": "10000"]
        try await RunningShop.with(workers: 0, environment: environment) { shop in
            for (first, second) in pairs {
                do {
                    problems.add(try await Self.run(shop, first, second), first, second)
                } catch {
                    problems.add(["\(error)"], first, second)
                    await shop.fleet.stopAll("flashsale-worker")
                }
            }
        }
        #expect(problems.all.isEmpty)
        print(
            "\(pairs.count) pairs of the crash points \(Self.points.map(\.rawValue).joined(separator: ", ")) were run"
        )
    }

    private static func run(_ shop: RunningShop, _ first: CrashPoint, _ second: CrashPoint) async throws -> [String] {
        let scenario = try await DrawScenario(shop, entrants: entrants)
        try await scenario.die(at: first)
        // What was published at the first death has to be true at the end.
        let published = try await scenario.draw().document
        try await scenario.die(at: second, mayPass: second.isPassed(by: first))
        let worker = try await shop.launchWorker()
        try await scenario.waitUntilServed()
        await worker.terminate(within: .seconds(20))
        return try await scenario.complaints(published)
    }
}

extension CrashPoint {
    /// Whether nobody comes here any more once another one has died there: the step is on record.
    fileprivate func isPassed(by first: CrashPoint) -> Bool {
        guard self == first else { return false }
        // Before the commit, and between the line and the record, the step is made again.
        return self != .drawFix && self != .drawPlaced
    }
}

/// A draw that workers die in.
private struct DrawScenario {
    let shop: RunningShop
    let product: ProductID
    let entrants: Int

    struct Failed: Error, CustomStringConvertible { let description: String }

    init(_ shop: RunningShop, entrants: Int) async throws {
        self.shop = shop
        self.entrants = entrants
        let drawAt = Timestamp(milliseconds: (Int64(Date().timeIntervalSince1970) + 3_600) * 1_000)
        guard let price = Currency("USD").flatMap({ Money(minorUnits: 100, currency: $0) }) else {
            throw Failed(description: "no price")
        }
        let new = try NewProduct(name: "Shoe", price: price, stock: 10, access: .draw(DrawTerms(drawAt: drawAt)))
        product = try await SaleAdministration(redis: shop.stores.redis, database: shop.stores.database)
            .create(new).product.id
        try await eventually("the product takes entries") {
            try await shop.join(Int(product.rawValue), "user-1").status.code == 202
        }
        for number in 2...entrants {
            let answer = try await shop.join(Int(product.rawValue), "user-\(number)")
            guard answer.status.code == 202, answer["status"] == "entered" else {
                throw Failed(description: "user-\(number) did not enter: \(answer.text)")
            }
        }
        // The draw's time has come, in the books and for the line.
        let number = MariaDBValue.integer(product.rawValue)
        try await shop.stores.database.withConnection { connection in
            _ = try connection.execute("UPDATE products SET draw_at = '2020-01-01 00:00:00' WHERE id = ?", [number])
        }
        try await set("draw_at", "1")
        let late = try await shop.join(Int(product.rawValue), "late")
        guard late["status"] == "queued" else { throw Failed(description: "late did not join: \(late.text)") }
    }

    /// Lets a worker die at this point.
    ///
    /// - Parameter mayPass: Whether the worker may come to the end of the draw instead.
    func die(at point: CrashPoint, mayPass: Bool = false) async throws {
        let worker = try await shop.launchWorker(["crash.at": point.rawValue])
        try await eventually("a worker dies at \(point.rawValue)") {
            if !worker.isRunning { return true }
            return mayPass ? try await draw().isPlaced : false
        }
        if worker.isRunning {
            await worker.terminate(within: .seconds(20))
        } else {
            guard await worker.waitForExit(within: .seconds(60)) == .signal(9) else {
                throw Failed(description: "the worker did not die at \(point.rawValue)")
            }
        }
        // What time would do by itself: the dead worker's leases are free again.
        try await shop.stores.database.withConnection {
            _ = try $0.execute("UPDATE leases SET until = NOW(6) WHERE holder IS NOT NULL")
        }
    }

    func draw() async throws -> DrawRecord {
        guard let draw = try await StoredDrawDesk(database: shop.stores.database).draw(of: product) else {
            throw Failed(description: "the product is not drawn")
        }
        return draw
    }

    func waitUntilServed() async throws {
        try await eventually("everybody is decided") {
            let report = try await SaleAdministration(redis: shop.stores.redis, database: shop.stores.database)
                .queue(of: product)
            let isOver = try await draw().isPlaced
            return isOver && report.waiting == 0 && report.processing == 0
        }
    }

    func complaints(_ published: DrawDocument) async throws -> [String] {
        var complaints = try await shop.auditComplaints(product: Int(product.rawValue))
        let document = try await draw().document
        if let roster = published.roster, document.roster != roster {
            complaints.append("another roster was published")
        }
        if let result = published.result, document.result != result { complaints.append("another order was published") }
        if document.commitment != published.commitment { complaints.append("another commitment was published") }
        if document.roster?.entrants != entrants { complaints.append("not everybody is in the roster") }
        complaints += try await findings(document).map { "\($0)" }
        let decided = try await shop.count("SELECT COUNT(*) FROM orders WHERE product_id = \(product)")
        if decided != 10 { complaints.append("\(decided) orders were made of 10 units") }
        for user in (1...entrants).map({ "user-\($0)" }) + ["late"] {
            let status = try await shop.standing(Int(product.rawValue), user)["status"] ?? "nothing"
            if status != "completed", status != "sold_out" { complaints.append("\(user) was told \(status)") }
        }
        return complaints
    }

    /// What a verification of everything that the API publishes finds.
    private func findings(_ document: DrawDocument) async throws -> [DrawFinding] {
        let roster = try await shop.get("/api/products/\(product)/draw/roster").text
        let decisions = try await shop.get("/api/products/\(product)/draw/decisions").text
        var verification = DrawVerification(document)
        Array(roster.utf8).withUnsafeBytes { verification.readRoster($0) }
        verification.endRoster()
        Array(decisions.utf8).withUnsafeBytes { verification.readDecisions($0) }
        return verification.end().findings
    }

    private func set(_ field: String, _ value: String) async throws {
        let command = RedisCommand(
            "HSET",
            key: "flash_sale:{\(product)}",
            [RedisArgument(field), RedisArgument(value)]
        )
        _ = try await shop.stores.redis.send(command)
    }
}
