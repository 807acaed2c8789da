import Testing

@testable import Redis

@Suite("Replies off the wire")
struct ReplyReaderTests {
    private func read(_ wire: some Sequence<UInt8>, portions size: Int = .max) throws -> [RedisReply] {
        let reader = ReplyReader()
        var replies: [RedisReply] = []
        var rest = Array(wire)[...]
        while !rest.isEmpty {
            let portion = rest.prefix(size)
            rest = rest.dropFirst(portion.count)
            try portion.withUnsafeBytes { try reader.feed($0) { replies.append($0) } }
        }
        return replies
    }

    @Test(
        "every kind of reply",
        arguments: [
            ("+OK\r\n", RedisReply.status("OK")),
            (":-42\r\n", .integer(-42)),
            (":9223372036854775807\r\n", .integer(.max)),
            ("$0\r\n\r\n", .string([])),
            ("$4\r\n\r\n\u{0}x\r\n", .string([0x0D, 0x0A, 0x00, 0x78])),
            ("$-1\r\n", .null),
            ("*-1\r\n", .null),
            ("*0\r\n", .array([])),
            ("*2\r\n$1\r\na\r\n$-1\r\n", .array([.string([0x61]), .null])),
            ("*2\r\n*1\r\n:1\r\n*0\r\n", .array([.array([.integer(1)]), .array([])])),
            ("-ERR no such thing\r\n", .error(RedisServerError(code: "ERR", message: "no such thing"))),
            ("-NOAUTH\r\n", .error(RedisServerError(code: "NOAUTH", message: ""))),
            (
                "*2\r\n:1\r\n-WRONGTYPE bad\r\n",
                .array([.integer(1), .error(RedisServerError(code: "WRONGTYPE", message: "bad"))])
            ),
        ]
    )
    func kinds(wire: String, reply: RedisReply) throws {
        #expect(try read(wire.utf8) == [reply])
        #expect(try read(wire.utf8, portions: 1) == [reply])
    }

    @Test("several replies in one piece, cut anywhere", arguments: [1, 2, 3, 5, 7, 11, 1_000])
    func pieces(size: Int) throws {
        let wire = "+A\r\n:1\r\n$3\r\nabc\r\n*2\r\n+x\r\n$-1\r\n-E m\r\n"
        #expect(
            try read(wire.utf8, portions: size) == [
                .status("A"), .integer(1), .string(Array("abc".utf8)), .array([.status("x"), .null]),
                .error(RedisServerError(code: "E", message: "m")),
            ]
        )
    }

    @Test("a string larger than a portion, and many replies after it")
    func largeReplies() throws {
        let large = [UInt8](repeating: 0x7A, count: ReplyReader.portion * 3 + 17)
        let small = (0..<10_000).map { ":\($0)\r\n" }.joined()
        let replies = try read(Array("$\(large.count)\r\n".utf8) + large + Array("\r\n\(small)".utf8))
        #expect(replies.first == .string(large))
        #expect(Array(replies.dropFirst()) == (0..<10_000).map { .integer(Int64($0)) })
    }

    @Test("arrays nested 7 deep are read, deeper ones are a violation")
    func nesting() throws {
        let seven = try read((String(repeating: "*1\r\n", count: 7) + ":1\r\n").utf8)
        #expect(seven == [(0..<7).reduce(RedisReply.integer(1)) { inner, _ in .array([inner]) }])
        let error = #expect(throws: RedisError.self) {
            try read((String(repeating: "*1\r\n", count: 9) + ":1\r\n").utf8)
        }
        #expect(error?.code == .protocolViolation)
    }

    @Test("what is not the protocol is a violation", arguments: ["HTTP/1.1 400 Bad Request\r\n", "!x\r\n", "\r\n"])
    func garbage(wire: String) {
        let error = #expect(throws: RedisError.self) { try read(wire.utf8) }
        #expect(error?.code == .protocolViolation)
        #expect(error?.message.isEmpty == false)
    }

    @Test("replies before a violation are handed out")
    func repliesBeforeGarbage() {
        let reader = ReplyReader()
        var replies: [RedisReply] = []
        #expect(throws: RedisError.self) {
            try Array(":1\r\n?".utf8).withUnsafeBytes { try reader.feed($0) { replies.append($0) } }
        }
        #expect(replies == [.integer(1)])
    }
}
