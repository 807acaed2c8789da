import AsyncHTTPClient
import FlashSaleStorage
import Foundation
import LocalServers
import NIOConcurrencyHelpers
import NIOCore
import Redis
import Resilience
import ShopSupport
import TestSupport
import Testing

/// Progress and events over HTTP, on real stores.
@Suite("End to end: progress and events")
struct EventTests {
    @Test("Two browsers on two API processes see the same line, and each stream its own outcome")
    func outcomes() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 2)
            for user in ["ann", "bob", "cay"] { #expect(try await shop.join(product, user).status.code == 202) }
            let other = try LoopbackPort.free()
            try await shop.startAPI(port: other)
            try await Streams.with(shop) { streams in
                streams.open(product, "ann", port: shop.port)
                streams.open(product, "bob", port: other)
                streams.open(product, "cay", port: other)
                for user in ["ann", "bob", "cay"] {
                    try await eventually("\(user) sees a place") { streams.text(user).contains("\"position\":") }
                }
                try await shop.startWorker()
                for (user, status) in [("ann", "completed"), ("bob", "completed"), ("cay", "sold_out")] {
                    try await eventually("\(user) sees the outcome") {
                        streams.text(user).contains("\"status\":\"\(status)\"")
                    }
                }
                try await eventually("all streams have ended") { streams.ended == 3 }
            }
            // Everybody reads the same for a second: the outcomes may be in the next one's document only.
            try await eventually("progress shows the outcomes") {
                try await shop.get("/api/products/\(product)/progress")["served_ticket"] == "3"
            }
            let progress = try await shop.get("/api/products/\(product)/progress")
            #expect(progress.status.code == 200)
            #expect(progress.text.utf8.count <= 512)
            let tag = try #require(progress.headers["etag"])
            let again = try await shop.send(
                .get,
                "/api/products/\(product)/progress",
                headers: ["if-none-match": tag]
            )
            #expect([200, 304].contains(again.status.code))
            #expect(try await shop.auditComplaints(product: product).isEmpty)
        }
    }

    @Test("Whoever watches an entry sees it, then the place that the draw has brought, or at once the outcome")
    func draw() async throws {
        try await RunningShop.with(workers: 1) { shop in
            let drawAt = Date().addingTimeInterval(20).formatted(.iso8601)
            let product = try await shop.createProduct(stock: 2, ["--access", "draw", "--draw-at", drawAt])
            let users = ["ann", "bob", "cay"]
            for user in users { #expect(try await shop.join(product, user)["status"] == "entered") }
            try await Streams.with(shop) { streams in
                for user in users { streams.open(product, user, port: shop.port) }
                for user in users {
                    try await eventually("\(user) sees the entry") {
                        streams.text(user).contains("\"status\":\"entered\"")
                    }
                }
                let progress = try await shop.get("/api/products/\(product)/progress")
                #expect(progress["entrants"] == "3" && progress["sale_state"] == "open")
                try await eventually("all streams have ended") { streams.ended == 3 }
                let bought = users.filter { streams.text($0).contains("\"status\":\"completed\"") }
                let missed = users.filter { streams.text($0).contains("\"status\":\"sold_out\"") }
                #expect(bought.count == 2 && missed.count == 1)
            }
            #expect(try await shop.auditComplaints(product: product).isEmpty)
        }
    }

    @Test("A hold's stream goes on until the order is over, whoever changes it")
    func holdAndLeave() async throws {
        try await RunningShop.with(workers: 1) { shop in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold"])
            for user in ["ann", "bob"] { _ = try await shop.join(product, user) }
            let other = try LoopbackPort.free()
            try await shop.startAPI(port: other)
            try await Streams.with(shop) { streams in
                streams.open(product, "ann", port: shop.port)
                streams.open(product, "bob", port: shop.port)
                try await eventually("ann holds") { streams.text("ann").contains("\"status\":\"held\"") }
                try await eventually("bob hears why he waits") {
                    streams.text("bob").contains("\"outlook\":\"all_held\"")
                }
                // Over the other process: the stream's one hears of it all the same.
                // Not in the instant in which a worker looks whether there is a unit for him.
                try await eventually("bob may leave") {
                    try await shop.send(.delete, "/api/products/\(product)/queue/bob", port: other).status.code == 204
                }
                try await eventually("bob has left") { streams.text("bob").contains("\"status\":\"left\"") }
                let hold = try #require(try await shop.standing(product, "ann")["order_id"])
                let given = try await shop.send(.delete, "/api/holds/\(hold)", port: other)
                #expect(given.status.code == 204)
                try await eventually("ann has left") { streams.ended == 2 }
            }
        }
    }

    @Test("SIGTERM ends streams and process within ten seconds; every client is told to ask again")
    func drain() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 2)
            let other = try LoopbackPort.free()
            let api = try await shop.startAPI(port: other)
            try await Streams.with(shop) { streams in
                for number in 0..<50 {
                    _ = try await shop.join(product, "u\(number)")
                    streams.open(product, "u\(number)", port: other)
                }
                try await eventually("all see their places") {
                    (0..<50).allSatisfy { streams.text("u\($0)").contains("\"position\":") }
                }
                #expect(await api.terminate(within: .seconds(10)) == .code(0))
                try await eventually("all streams have ended") { streams.ended == 50 }
                for number in 0..<50 { #expect(streams.text("u\(number)").contains("event: reconnect")) }
            }
        }
    }

    @Test("When Redis loses everything, streams end with the advice to ask again")
    func lostLine() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 2)
            _ = try await shop.join(product, "ann")
            try await Streams.with(shop) { streams in
                streams.open(product, "ann", port: shop.port)
                try await eventually("ann sees a place") { streams.text("ann").contains("\"position\":") }
                _ = try await shop.stores.redis.send(RedisCommand("FLUSHDB", []))
                try await eventually("the stream has ended") { streams.ended == 1 }
                #expect(streams.text("ann").contains("event: reconnect"))
            }
        }
    }
}

/// Open event streams, and what came over each.
private final class Streams: Sendable {
    private struct State {
        var texts: [String: String] = [:]
        var ended = 0
        var tasks: [Task<Void, Never>] = []
    }

    private let shop: RunningShop
    private let state = NIOLockedValueBox(State())

    private init(_ shop: RunningShop) { self.shop = shop }

    /// Opens streams in the body, and ends them after it.
    static func with(_ shop: RunningShop, _ body: (Streams) async throws -> Void) async throws {
        let streams = Streams(shop)
        defer { for task in streams.state.withLockedValue({ $0.tasks }) { task.cancel() } }
        try await body(streams)
    }

    /// Streams that the server has ended.
    var ended: Int { state.withLockedValue { $0.ended } }

    /// What came for a user.
    func text(_ user: String) -> String { state.withLockedValue { $0.texts[user] ?? "" } }

    func open(_ product: Int, _ user: String, port: Int) {
        let task = Task {
            let url = "http://127.0.0.1:\(port)/api/products/\(product)/queue/\(user)/events"
            guard let answer = try? await shop.http.execute(HTTPClientRequest(url: url), timeout: .minutes(5)) else {
                return
            }
            do {
                for try await part in answer.body {
                    state.withLockedValue { $0.texts[user, default: ""] += String(buffer: part) }
                }
                state.withLockedValue { $0.ended += 1 }
            } catch {
                state.withLockedValue { $0.texts[user, default: ""] += "[\(error)]" }
            }
        }
        state.withLockedValue { $0.tasks.append(task) }
    }
}
