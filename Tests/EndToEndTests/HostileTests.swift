import FlashSaleStorage
import Foundation
import Glibc
import Redis
import Resilience
import ShopSupport
import TestSupport
import Testing

/// Bad input at the real binary, over a raw socket.
@Suite("End to end: bad input")
struct HostileTests {
    @Test("At least 100 hostile requests: each gets a 4xx problem document with a code, and nothing changes")
    func hostileRequests() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 5)
            _ = try await shop.join(product, "ann")
            // Caches are dropped by a second and filled by a reader: look at what a request could have changed.
            let before = try await fingerprint(shop)
            let requests =
                HostileRequest.all(product: Int64(product)) + HostileRequest.badSignatures(product: Int64(product))
            #expect(requests.count >= 100)
            for request in requests {
                let answer = try await RawExchange.send(request, port: shop.port)
                #expect((400..<500).contains(answer.status), "\(request.name): \(answer.status)")
                #expect(answer.status == request.status, "\(request.name)")
                #expect(answer.text.contains("application/problem+json"), "\(request.name)")
                #expect(
                    answer.text.contains("\"code\":\"\(request.code)\""),
                    "\(request.name): \(answer.text.suffix(300))"
                )
            }
            #expect(try await fingerprint(shop) == before)
            #expect(try await shop.get("/health").status.code == 200)
        }
    }

    private func fingerprint(_ shop: RunningShop) async throws -> [String] {
        let keys = try await shop.stores.redis.send(RedisCommand("KEYS", ["*"])).array().map { try $0.string() }
        let lasting = keys.filter { !$0.hasPrefix("flash_sale_product") && !$0.hasPrefix("flash_sale_rate") }.sorted()
        let last = try await shop.stores.redis.send(RedisCommand("HGET", key: "flash_sale:{1}", ["last_ticket"]))
        let rows = try await shop.count(
            """
            SELECT (SELECT COUNT(*) FROM products) + (SELECT COUNT(*) FROM decisions) + (SELECT COUNT(*) FROM orders)
                + (SELECT COUNT(*) FROM payment_events) + (SELECT COUNT(*) FROM outbox)
            """
        )
        return lasting + ["\(last)", "\(rows)"]
    }
}

/// One request over a socket of its own, byte for byte.
enum RawExchange {
    struct Answer {
        let status: Int
        let text: String
    }

    struct Failed: Error, CustomStringConvertible { let description: String }

    /// Sends the bytes on a thread of its own, since plain sockets block, and reads until the server closes or has answered.
    static func send(_ request: HostileRequest, port: Int) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try exchange(request, port: port) }) }
        }
    }

    /// Sends bytes that may be no whole request, and waits for an answer, or the connection's end, or a second.
    static func sendAndWait(_ bytes: [UInt8], port: Int) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let descriptor = try blockingConnection(port: port)
                        defer { close(descriptor) }
                        var limit = timeval(tv_sec: 1, tv_usec: 0)
                        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                        write(bytes, to: descriptor)
                        // Without an answer this throws, which is well here.
                        _ = try? read(from: descriptor, "")
                    }
                )
            }
        }
    }

    private static func exchange(_ request: HostileRequest, port: Int) throws -> Answer {
        let descriptor = try blockingConnection(port: port)
        defer { close(descriptor) }
        write(request.bytes, to: descriptor)
        if request.closesInput { shutdown(descriptor, Int32(SHUT_WR)) }
        return try read(from: descriptor, request.name)
    }

    /// A server that has heard enough may stop listening: what could not be sent is no failure.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    private static func read(from descriptor: Int32, _ name: String) throws -> Answer {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while !isComplete(bytes) {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let words = text.split(separator: " ", maxSplits: 2)
        guard words.count > 1, let status = Int(words[1]) else {
            throw Failed(description: "\(name): no HTTP answer but '\(text.prefix(100))'")
        }
        return Answer(status: status, text: text)
    }

    private static func isComplete(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let head = text.firstRange(of: "\r\n\r\n") else { return false }
        let fields = text[..<head.lowerBound].lowercased().split(separator: "\r\n")
        let length = fields.first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst("content-length:".count).trimmingPrefix(" ")) }
        return length.map { text[head.upperBound...].utf8.count >= $0 } ?? false
    }
}
