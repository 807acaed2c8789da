import FlashSale
import HTTPTypes
import Logging
import NIOConcurrencyHelpers
import Testing

@testable import FlashSaleAPI

/// Keeps what is logged.
private struct LogKeeper: LogHandler {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: Logger.Metadata
    }

    let lines: NIOLockedValueBox<[Line]>
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        lines.withLockedValue { $0.append(Line(level: event.level, message: "\(event.message)", metadata: all)) }
    }
}

@Suite("The edge of the API")
struct RequestBoundaryTests {
    @Test(
        "A plain request id is kept, in the header and in the problem",
        arguments: ["a", "3f2c-9_0.Z", String(repeating: "x", count: 64)]
    )
    func keepsRequestID(id: String) async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/nowhere", headers: [.requestID: id])
            #expect(answer.headers[.requestID] == id)
            #expect(answer.json["request_id"] as? String == id)
        }
    }

    @Test(
        "Any other request id is replaced",
        arguments: ["", "a b", "é", "a\"b", "{}", String(repeating: "x", count: 65)]
    )
    func replacesRequestID(id: String) async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/nowhere", headers: [.requestID: id])
            let given = try #require(answer.headers[.requestID])
            #expect(given != id)
            #expect(!given.isEmpty)
            #expect(answer.json["request_id"] as? String == given)
        }
    }

    @Test("New request ids differ")
    func uniqueRequestIDs() {
        let ids = RequestIDs()
        let other = RequestIDs()
        let made = (0..<1_000).flatMap { _ in [ids.next(), other.next()] }
        #expect(Set(made).count == made.count)
    }

    @Test("A problem document has every member of RFC 9457 and its own URN")
    func problemDocument() async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/nowhere", headers: [.requestID: "r1"])
            #expect(
                answer.text == """
                    {"type":"urn:flashsale:problem:not_found","title":"No such path","status":404,"code":"not_found",\
                    "detail":"There is nothing at this path.","instance":"/nowhere","request_id":"r1"}
                    """
            )
            #expect(answer.headers[.contentType] == "application/problem+json")
            #expect(answer.headers[.cacheControl] == "no-store")
        }
    }

    @Test("A long path does not make a long answer")
    func longPath() async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/" + String(repeating: "é", count: 2_000))
            #expect(answer.status == 404)
            #expect(answer.text.utf8.count < 512)
        }
    }

    @Test(
        "405 says which methods there are",
        arguments: [
            ("/api/products", "GET, HEAD"), ("/api/products/1", "GET, HEAD"), ("/api/products/1/queue", "POST"),
            ("/api/products/1/queue/alice", "GET, HEAD, DELETE"), ("/openapi.json", "GET, HEAD"),
        ]
    )
    func methodNotAllowed(path: String, allowed: String) async throws {
        try await Shop().test { client in
            let answer = try await client.send(.patch, path)
            #expect(answer.status == 405)
            #expect(answer.code == "method_not_allowed")
            #expect(answer.headers[.allow] == allowed)
        }
    }

    @Test("HEAD is answered like GET, without the body", arguments: ["/api/products", "/health", "/nowhere"])
    func head(path: String) async throws {
        try await Shop().test { client in
            let get = try await client.send(.get, path, headers: [.requestID: "r1"])
            let head = try await client.send(.head, path, headers: [.requestID: "r1"])
            #expect(head.status == get.status)
            #expect(head.text.isEmpty)
            #expect(head.headers[.contentLength] == get.headers[.contentLength])
        }
    }

    @Test("A query of no parameters is no query")
    func emptyQuery() async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/api/products?")
            #expect(answer.status == 200)
        }
    }

    private func log(
        of shop: Shop,
        level: Logger.Level = .debug,
        _ body: @Sendable (ContractClient) async throws -> Void
    ) async throws -> [LogKeeper.Line] {
        let lines = NIOLockedValueBox<[LogKeeper.Line]>([])
        var shop = shop
        shop.logger = Logger(label: "test") { _ in LogKeeper(lines: lines, logLevel: level) }
        try await shop.test(body)
        return lines.withLockedValue { $0 }.filter {
            $0.metadata["path"] != "/openapi.json" && $0.metadata["path"] != nil
        }
    }

    @Test("One line for each request at debug, with the id that the client was told")
    func accessLog() async throws {
        let lines = try await log(of: try Shop()) { client in
            _ = try await client.send(.get, "/api/products/1", headers: [.requestID: "r1"])
            _ = try await client.send(.get, "/api/products/2", headers: [.requestID: "r2"])
        }
        #expect(lines.map(\.level) == [.debug, .debug])
        #expect(lines.map { $0.metadata["request_id"] } == ["r1", "r2"])
        #expect(lines.map { $0.metadata["status"] } == ["200", "404"])
        #expect(lines.map { $0.metadata["path"] } == ["/api/products/1", "/api/products/2"])
        #expect(lines.allSatisfy { $0.metadata["hb.request.id"] == nil })
    }

    @Test("While a store is away, a warning says why, but not for each request")
    func warning() async throws {
        let shop = try Shop()
        shop.line.goAway()
        let lines = try await log(of: shop) { client in
            for _ in 0..<50 { _ = try await client.join(#"{"user_id":"alice"}"#) }
        }
        #expect(lines.count == 50)
        #expect(lines.first?.level == .warning)
        #expect(lines.first?.metadata["reason"] == "connection to 10.0.0.7:6379 refused")
        #expect(lines.contains { $0.level == .debug })
    }

    @Test("What nobody foresaw is an error; what the shop decided is not even a warning")
    func levels() async throws {
        var broken = try Shop()
        broken.otherLine = BrokenLine()
        let errors = try await log(of: broken, level: .info) { _ = try await $0.join(#"{"user_id":"alice"}"#) }
        #expect(errors.map(\.level) == [.error])

        let paused = try Shop(try Shop.product(isPaused: true))
        let quiet = try await log(of: paused, level: .info) { _ = try await $0.join(#"{"user_id":"alice"}"#) }
        #expect(quiet.isEmpty)
    }
}
