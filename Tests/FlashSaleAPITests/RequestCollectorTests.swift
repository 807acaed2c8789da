import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes
import Testing

@testable import FlashSaleAPI

@Suite("Request collector")
struct RequestCollectorTests {
    private var collector = RequestCollector(limit: 8)

    private mutating func receive(_ parts: HTTPRequestPart...) {
        for part in parts { collector.received(part) }
    }

    private static func head(_ path: String, length: Int? = nil) -> HTTPRequestPart {
        var fields = HTTPFields()
        if let length { fields[.contentLength] = String(length) }
        return .head(HTTPRequest(method: .post, scheme: "http", authority: "shop", path: path, headerFields: fields))
    }

    private static func body(_ text: String) -> HTTPRequestPart { .body(ByteBuffer(string: text)) }

    private mutating func next() async throws -> (path: String, body: String)? {
        guard let request = collector.next() else { return nil }
        return (request.uri.path, String(buffer: try await request.body.collect(upTo: 1_024)))
    }

    @Test("A request is handed out once its end is there, its body in one piece")
    mutating func pieces() async throws {
        receive(Self.head("/a"), Self.body("12"), Self.body("345"))
        #expect(!collector.hasMore)
        receive(.end(nil))
        #expect(collector.hasMore)
        let request = try #require(try await next())
        #expect(request == ("/a", "12345"))
        #expect(!collector.hasMore)
    }

    @Test("Requests keep their order")
    mutating func order() async throws {
        receive(Self.head("/a"), .end(nil), Self.head("/b"), Self.body("b"), .end(nil), Self.head("/c"))
        #expect(try #require(try await next()) == ("/a", ""))
        #expect(try #require(try await next()) == ("/b", "b"))
        #expect(try await next() == nil)
    }

    @Test("A body of as many bytes as may be is whole")
    mutating func atLimit() async throws {
        receive(Self.head("/a", length: 8), Self.body("12345678"))
        #expect(!collector.hasMore)
        receive(.end(nil))
        #expect(try #require(try await next()) == ("/a", "12345678"))
    }

    @Test("A body that is declared too large is not waited for, and what comes of it is not kept")
    mutating func declared() async throws {
        receive(Self.head("/a", length: 9))
        #expect(try #require(try await next()) == ("/a", ""))
        receive(Self.body("123456789"), .end(nil), Self.head("/b"), .end(nil))
        #expect(try #require(try await next()) == ("/b", ""))
        #expect(!collector.hasMore)
    }

    @Test("A body that turns out too large is handed out at once, for its reader to refuse")
    mutating func undeclared() async throws {
        receive(Self.head("/a"), Self.body("12345678"))
        #expect(!collector.hasMore)
        receive(Self.body("9"))
        let found = collector.next()
        let request = try #require(found)
        await #expect(throws: NIOTooManyBytesError.self) { try await request.body.collect(upTo: 8) }
        receive(Self.body("more"), .end(nil))
        #expect(!collector.hasMore)
    }

    @Test("A body that will not end fails for whoever reads it; without one there is nobody to tell")
    mutating func failure() async throws {
        let idle = collector.failed(.bodyTooSlow)
        #expect(!idle)
        receive(Self.head("/a"), Self.body("1"))
        let reading = collector.failed(.bodyTooSlow)
        #expect(reading)
        let found = collector.next()
        let request = try #require(found)
        await #expect(throws: ConnectionRefusal.bodyTooSlow) { try await request.body.collect(upTo: 8) }
        let again = collector.failed(.bodyTooSlow)
        #expect(!again)
    }
}
