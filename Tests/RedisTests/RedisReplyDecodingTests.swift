import Redis
import Testing

@Suite("Typed access to replies")
struct RedisReplyDecodingTests {
    private let text = RedisReply.string(Array("abc".utf8))

    @Test("each kind yields its value")
    func values() throws {
        #expect(try text.string() == "abc")
        #expect(try text.bytes() == Array("abc".utf8))
        #expect(try RedisReply.status("OK").string() == "OK")
        #expect(try RedisReply.status("OK").bytes() == Array("OK".utf8))
        #expect(try RedisReply.integer(7).integer() == 7)
        #expect(try RedisReply.array([.null]).array() == [.null])
    }

    @Test("null is nil for the optional ones, and unexpected for the others")
    func null() throws {
        #expect(try RedisReply.null.optionalString() == nil)
        #expect(try RedisReply.null.optionalBytes() == nil)
        #expect(try RedisReply.null.optionalInteger() == nil)
        #expect(try RedisReply.null.optionalArray() == nil)
        #expect(try text.optionalString() == "abc")
        #expect(try text.optionalBytes() == Array("abc".utf8))
        #expect(try RedisReply.integer(7).optionalInteger() == 7)
        #expect(try RedisReply.array([]).optionalArray() == [])
        #expect(#expect(throws: RedisError.self) { try RedisReply.null.string() }?.code == .unexpectedReply)
    }

    @Test("a mismatch names what was expected and found, but not the content")
    func mismatch() throws {
        let secret = RedisReply.string([UInt8](repeating: 0x73, count: 1_000_000))
        let error = try #require(#expect(throws: RedisError.self) { try secret.integer() })
        #expect(error.code == .unexpectedReply)
        #expect(error.message == "expected an integer, found a string of 1000000 bytes")
        let array = try #require(#expect(throws: RedisError.self) { try RedisReply.integer(1).array() })
        #expect(array.message == "expected an array, found an integer")
    }

    @Test("bytes that are not UTF-8 are bytes, but no string")
    func invalidText() throws {
        let reply = RedisReply.string([0xFF])
        #expect(try reply.bytes() == [0xFF])
        #expect(#expect(throws: RedisError.self) { try reply.string() }?.code == .unexpectedReply)
    }

    @Test("an error reply is thrown with the server's code")
    func serverError() throws {
        let reply = RedisReply.error(RedisServerError(code: "OOM", message: "command not allowed"))
        for access in [{ _ = try $0.string() }, { _ = try $0.optionalInteger() }, { _ = try $0.array() }]
            as [(RedisReply) throws -> Void]
        {
            let error = try #require(#expect(throws: RedisError.self) { try access(reply) })
            #expect(error.code == .server)
            #expect(error.serverError?.code == "OOM")
            #expect(error.message == "OOM command not allowed")
            #expect(!error.outcomeIsUnknown)
        }
    }
}
