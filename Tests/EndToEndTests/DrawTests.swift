import Foundation
import LocalServers
import ShopSupport
import TestSupport
import Testing

/// A draw as people see it: through the API, the pages and the command line.
@Suite("A draw, end to end")
struct DrawTests {
    private static let bots = 1_000
    private static let people = 1_000

    @Test("A thousand bots that have all entered before the first of a thousand people get no more than their share")
    func bots() async throws {
        let environment = ["FLASHSALE_DRAW_SIGNING_KEY": String(repeating: "0a", count: 32)]
        try await RunningShop.with(workers: 1, environment: environment) { shop in
            let (product, before) = try await Self.productWithEverybody(shop)
            let path = "/api/products/\(product)/draw"

            try await eventually("everybody has a place") {
                let standing = try await shop.standing(product, "person-1")
                return standing["ticket"] != nil
            }
            let after = try await shop.get(path)
            #expect(after["state"] == "drawn" && after["entrants"] == "2000" && after["first_ticket"] == "1")
            #expect(after["commitment"] == before["commitment"])

            let ranks = try await Self.tickets(shop, product)
            #expect(Set(ranks.values) == Set(1...2_000))
            let first = ranks.filter { $0.value <= 200 }
            let share = first.keys.filter { $0.hasPrefix("bot") }.count
            // Hypergeometric: 100 expected of 200, standard deviation 6.7; five of them are passed once in two million draws.
            #expect((66...134).contains(share))
            print("Of the first 200 of 2,000 drawn, \(share) are bots, which had all entered first")

            let proof = try await shop.get("\(path)/proof/person-1")
            #expect(proof["ticket"] == ranks["person-1"].map { "\($0)" } && proof["root"] == after["root"])
            #expect(try await shop.get("\(path)/proof/nobody").status.code == 404)
            let show = try await shop.fleet.run("flashsale", ["draw", "show", "\(product)", "--json"])
            #expect(show.exit == .code(0) && show.standardOutput.contains(after["root"] ?? "no root"))
            #expect(try await shop.auditComplaints(product: product).isEmpty)
            try await Self.verify(shop, product)
        }
    }

    /// A product that all have entered, the bots before the people; on a busy machine the draw is later.
    private static func productWithEverybody(_ shop: RunningShop) async throws -> (Int, Answer) {
        for seconds in [25, 75, 225] {
            let drawAt = Date().addingTimeInterval(TimeInterval(seconds))
            let product = try await shop.createProduct(
                stock: 100,
                [
                    "--access", "draw", "--draw-at", drawAt.formatted(.iso8601), "--max-queue", "5000", "--checkout",
                    "hold",
                ]
            )
            let path = "/api/products/\(product)/draw"
            let before = try await shop.get(path)
            let roster = try await shop.get("\(path)/roster")
            try await enter(shop, product, (1...bots).map { "bot-\($0)" })
            try await enter(shop, product, (1...people).map { "person-\($0)" })
            let entered = try await shop.standing(product, "person-1")
            // The draw's time is whole seconds.
            guard Date() < drawAt.addingTimeInterval(-1) else { continue }
            #expect(before["state"] == "entering" && before["seed"] == "<null>" && before["signature"] != "<null>")
            #expect(roster.status.code == 409)
            #expect(entered["status"] == "entered" && entered["entrants"] == "2000" && entered["ticket"] == nil)
            return (product, before)
        }
        throw ShopFailure(cause: nil, log: "two thousand could not enter within 225 s")
    }

    /// Lets both verifiers look at everything that is published.
    private static func verify(_ shop: RunningShop, _ product: Int) async throws {
        let address = "http://127.0.0.1:\(shop.port)/api/products/\(product)"
        let own = try await shop.fleet.run("flashsale", ["draw", "verify", address])
        #expect(own.exit == .code(0), "\(own.standardOutput)\(own.standardError)")

        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("draw-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, part) in [("draw.json", ""), ("roster.txt", "/roster"), ("decisions.txt", "/decisions")] {
            let text = try await shop.get("/api/products/\(product)/draw\(part)").text
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let script = tests.appendingPathComponent("DrawVerifier/verify.py").path
        let python = ChildProcess.Launch("python3", [script, folder.path])
        let run = try await ChildProcess.run(python, within: .seconds(60))
        #expect(run.exit == .code(0), "\(run.standardOutput)\(run.standardError)")
    }

    /// Lets everybody enter, sixty-four at a time.
    private static func enter(_ shop: RunningShop, _ product: Int, _ users: [String]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<64 {
                group.addTask {
                    for index in stride(from: lane, to: users.count, by: 64) {
                        let answer = try await shop.join(product, users[index])
                        guard answer.status.code == 202 else {
                            throw ShopFailure(cause: nil, log: "\(users[index]): \(answer.text)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Everybody's ticket.
    private static func tickets(_ shop: RunningShop, _ product: Int) async throws -> [String: Int] {
        let users = (1...bots).map { "bot-\($0)" } + (1...people).map { "person-\($0)" }
        return try await withThrowingTaskGroup(of: [String: Int].self) { group in
            for lane in 0..<64 {
                group.addTask {
                    var tickets: [String: Int] = [:]
                    for index in stride(from: lane, to: users.count, by: 64) {
                        let standing = try await shop.standing(product, users[index])
                        tickets[users[index]] = standing["ticket"].flatMap { Int($0) }
                    }
                    return tickets
                }
            }
            return try await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
    }
}
