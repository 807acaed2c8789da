import Foundation
import Glibc
import LocalServers
import ShopSupport
import TestSupport
import Testing

/// What clients that don't play by the rules can do to the real program, and through nginx.
@Suite("End to end: connections")
struct ConnectionTests {
    @Test("Through the shipped nginx file no request is smuggled to the API, and the next visitor gets their own page")
    func smuggling() async throws {
        let pages = [
            "FLASHSALE_PAGES_ENABLED": "on", "FLASHSALE_PAGES_IDENTITY": "named",
            "FLASHSALE_PAGES_SIMULATED_PAYMENTS": "on", "FLASHSALE_PAYMENTS_SIGNATURE": "none",
        ]
        try await RunningShop.with(workers: 1, environment: pages) { shop in
            let product = try await shop.createProduct(stock: 5)
            try await eventually("the line is open") { try await shop.join(product, "ann").status.code < 300 }
            let nginx = try await Nginx.start(before: shop.port)
            do {
                let attempts = SmugglingAttempt.all(product: Int64(product), path: "/products/\(product)")
                #expect(attempts.count >= 100)
                for attempt in attempts {
                    try await RawExchange.sendAndWait(attempt.bytes, port: nginx.port)
                    let page = try await shop.send(.get, "/products/\(product)", port: nginx.port)
                    #expect(page.status.code == 200, "\(attempt)")
                    let standing = try await shop.standing(product, SmugglingAttempt.user)
                    #expect(standing.status.code == 404, "\(attempt)")
                }
                // Sent to the API itself it is a request like any other: the attempts could have worked.
                try await RawExchange.sendAndWait(
                    Array(SmugglingAttempt.hidden(product: Int64(product)).utf8),
                    port: shop.port
                )
                #expect(try await shop.standing(product, SmugglingAttempt.user).status.code == 200)
                print("smuggling through nginx: 0 of \(attempts.count) attempts")
            } catch {
                try await nginx.stop()
                throw error
            }
            try await nginx.stop()
        }
    }

    /// One read (16 KiB), as much again in the parser or the body, 64 KiB of answers and the last one of them.
    private static let mostKiBEach = 224

    @Test("400 clients that ask and never read cost what their connections may hold, and leave nothing behind")
    func unreadAnswers() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 5)
            let port = try LoopbackPort.free()
            let api = try await shop.startAPI(port: port)
            _ = try await shop.send(.get, "/openapi.json", port: port)
            let before = try residentKiB(api.pid)
            let descriptors = try openDescriptors(api.pid)
            var peaks: [Int] = []
            for _ in 0..<2 {
                peaks.append(try await flood(api, port: port, product: product))
                try await eventually("the connections are gone") { try openDescriptors(api.pid) <= descriptors + 8 }
            }
            let after = try residentKiB(api.pid)
            #expect(peaks[0] - before < 400 * Self.mostKiBEach)
            // What the first crowd has cost serves the second one.
            #expect(peaks[1] < peaks[0] + 16 * 1_024)
            #expect(try await shop.send(.get, "/health", port: port).status.code == 200)
            print("400 clients that never read: \(before) KiB before, \(peaks) KiB at the most, \(after) KiB after")
        }
    }

    /// Sends for as long as somebody's system takes more.
    ///
    /// - Returns: The most memory that the API had meanwhile.
    private func flood(_ api: ChildProcess, port: Int, product: Int) async throws -> Int {
        let asks = [
            "GET /openapi.json HTTP/1.1\r\nHost: shop\r\n\r\n", "HEAD /health HTTP/1.1\r\nHost: shop\r\n\r\n",
            "GET /api/products/\(product)/queue/ann HTTP/1.1\r\nHost: shop\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: shop\r\nX: a\tb\r\n\r\n",
        ].map { Array(String(repeating: $0, count: 1_000).utf8) }
        let clients = try (0..<400).map { _ in try blockingConnection(port: port) }
        defer { for client in clients { close(client) } }
        var peak = 0
        var quietRounds = 0
        let end = ContinuousClock.now + .seconds(8)
        while quietRounds < 5, ContinuousClock.now < end {
            var sent = 0
            for (index, client) in clients.enumerated() {
                let ask = asks[index % asks.count]
                sent += max(
                    0,
                    ask.withUnsafeBytes {
                        send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                    }
                )
            }
            quietRounds = sent == 0 ? quietRounds + 1 : 0
            peak = max(peak, try residentKiB(api.pid))
            // The server's answers to this round, and its memory for them.
            try await Task.sleep(for: .milliseconds(100))
        }
        return max(peak, try residentKiB(api.pid))
    }

    private struct NoFigure: Error {}

    private func residentKiB(_ process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let figure = line?.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) }) else {
            throw NoFigure()
        }
        return figure
    }

    private func openDescriptors(_ process: Int32) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    }
}
