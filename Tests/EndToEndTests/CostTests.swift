import Foundation
import Glibc
import LocalServers
import ShopSupport
import TestSupport
import Testing

/// What a request costs the real API, in a figure that does not depend on the machine or on what else it does.
///
/// One client asks again and again over one connection: each answer of the fast path is then one read and one write of the
/// client's socket, and where Redis is asked, one of each for its own. A hop to another thread, a task that is resumed
/// elsewhere, an answer or a command in two pieces: each costs one or two more.
@Suite("End to end: what a request costs")
struct CostTests {
    /// Two reads and two writes, and half of what the least mistake would add: timers and the board's looks need some.
    private static let mostWithRedis = 4.9
    /// One read and one write, likewise.
    private static let mostWithoutRedis = 2.9
    private static let requests = 200
    private static let rounds = 5

    @Test("A join and a poll are two reads and two writes, a look at the progress is one of each")
    func calls() async throws {
        try await RunningShop.with(workers: 0) { shop in
            let product = try await shop.createProduct(stock: 5_000)
            let port = try LoopbackPort.free()
            let api = try await shop.startAPI(port: port)
            let path = "/api/products/\(product)"
            // Redis learns the scripts, and the board the product.
            _ = try await shop.send(.post, path + "/queue", body: #"{"user_id":"first"}"#, port: port)
            _ = try await shop.send(.get, path + "/queue/first", port: port)
            _ = try await shop.send(.get, path + "/progress", port: port)

            let joins = try await cost(of: api, port) { number in
                let body = #"{"user_id":"user\#(number)"}"#
                return "POST \(path)/queue HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            }
            let polls = try await cost(of: api, port) { number in
                "GET \(path)/queue/user\(number) HTTP/1.1\r\nHost: shop\r\n\r\n"
            }
            let looks = try await cost(of: api, port) { _ in "GET \(path)/progress HTTP/1.1\r\nHost: shop\r\n\r\n" }
            print("reads and writes a request: join \(joins), poll \(polls), progress \(looks)")
            #expect((4...Self.mostWithRedis).contains(joins))
            #expect((4...Self.mostWithRedis).contains(polls))
            #expect((2...Self.mostWithoutRedis).contains(looks))
        }
    }

    /// The least that a round cost for each request: what else the API does meanwhile is not the requests'.
    private func cost(
        of api: ChildProcess,
        _ port: Int,
        request: @escaping @Sendable (_ number: Int) -> String
    ) async throws -> Double {
        let connection = try BlockingConnection(port: port)
        return try await withCheckedThrowingContinuation { continuation in
            // Plain sockets block: a thread of their own.
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        var least = Double.infinity
                        for round in 0..<Self.rounds {
                            let before = try Self.calls(of: api)
                            for number in 0..<Self.requests {
                                try connection.exchange(request(round * Self.requests + number))
                            }
                            least = min(least, Double(try Self.calls(of: api) - before) / Double(Self.requests))
                        }
                        return least
                    }
                )
            }
        }
    }

    /// The reads and writes that a process has made, as Linux counts them.
    private static func calls(of process: ChildProcess) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process.pid)/io", encoding: .utf8)
        return text.split(separator: "\n").reduce(0) { sum, line in
            guard line.hasPrefix("syscr:") || line.hasPrefix("syscw:") else { return sum }
            return sum + (Int(line.dropFirst(7)) ?? 0)
        }
    }
}

/// A connection that waits for each answer.
///
/// Used by one thread at a time.
private final class BlockingConnection: @unchecked Sendable {
    struct Failed: Error, CustomStringConvertible { let description: String }

    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = try blockingConnection(port: port)
    }

    deinit { close(descriptor) }

    /// Sends a request, and reads its answer to the end.
    func exchange(_ request: String) throws {
        let bytes = Array(request.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failed(description: "send: \(errno)")
        }
        var answer = ""
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw Failed(description: "recv: \(count), \(errno)") }
            answer += String(decoding: buffer[..<count], as: UTF8.self)
            guard let end = answer.range(of: "\r\n\r\n") else { continue }
            guard answer.hasPrefix("HTTP/1.1 20") else { throw Failed(description: answer) }
            let length = answer[..<end.lowerBound].split(separator: "\r\n").lazy
                .filter { $0.lowercased().hasPrefix("content-length:") }
                .compactMap { Int($0.split(separator: " ").last ?? "") }.first
            if answer[end.upperBound...].utf8.count >= length ?? 0 { return }
        }
    }
}
