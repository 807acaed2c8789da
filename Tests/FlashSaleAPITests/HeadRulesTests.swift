import NIOCore
import NIOHTTP1
import Testing

@testable import FlashSaleAPI

@Suite("Head rules")
struct HeadRulesTests {
    private func head(_ fields: [String], old: Bool = false) -> HTTPRequestHead {
        var head = HTTPRequestHead(version: old ? .http1_0 : .http1_1, method: .POST, uri: "/a")
        for field in fields {
            let parts = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            head.headers.add(name: String(parts[0]), value: String(parts[1].drop { $0 == " " }))
        }
        return head
    }

    private func refusal(_ fields: String..., old: Bool = false) -> ConnectionRefusal? {
        HeadRules.refusal(of: head(fields, old: old))
    }

    @Test(
        "A host is a name or an address, with or without a port",
        arguments: [
            "shop", "shop:80", "shop:", "SHOP.example-1.com", "127.0.0.1:8080", "[::1]", "[2001:db8::1.2.3.4]:443",
            "a_b~c!",
            "a%C3%A9",
        ]
    )
    func host(_ value: String) { #expect(refusal("Host: \(value)") == nil) }

    @Test(
        "Anything else is none",
        arguments: [
            "a b", "", ":80", "a:b", "a:123456", "a/b", "a@b", "a?b", "[::1", "[]", "[x]:1", "[::1]x", "é", "a%C",
            "a%zz", "a\tb",
            "a,b c", "\"a\"", "a:80:80",
        ]
    )
    func noHost(_ value: String) { #expect(refusal("Host: \(value)") == .malformed) }

    @Test("HTTP/1.1 names one host; HTTP/1.0 may name none")
    func hosts() {
        #expect(refusal() == .malformed)
        #expect(refusal("Host: a", "hOST: a") == .malformed)
        #expect(refusal(old: true) == nil)
        #expect(refusal("Host:", old: true) == nil)
        #expect(refusal("Host: a", "Host: a", old: true) == .malformed)
        #expect(refusal("Host: a b", old: true) == .malformed)
    }

    @Test("The one transfer coding is chunked, once, alone, and in HTTP/1.1")
    func codings() {
        #expect(refusal("Host: a", "Transfer-Encoding: chunked") == nil)
        #expect(refusal("Host: a", "transfer-encoding: \tChunked ") == nil)
        for value in [
            "", ",", ", chunked", "chunked,", "gzip", "chunked, gzip", "chunked, chunked", "xchunked", "chunked;a",
        ] {
            #expect(refusal("Host: a", "Transfer-Encoding: \(value)") == .malformed, "\(value)")
        }
        #expect(refusal("Host: a", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked") == .malformed)
        #expect(refusal("Host: a", "Transfer-Encoding: gzip, chunked") == .unknownTransferCoding)
        #expect(refusal("Host: a", "Transfer-Encoding: gzip", "Transfer-Encoding: chunked") == .unknownTransferCoding)
        #expect(refusal("Host: a", "Content-Length: 5", "Transfer-Encoding: chunked") == .malformed)
        #expect(refusal("Host: a", "Transfer-Encoding: chunked", old: true) == .malformed)
    }

    @Test("A field of one value is there once; lists may be there twice")
    func twice() {
        for name in ["Content-Type", "Content-Length", "Authorization"] {
            #expect(refusal("Host: a", "\(name): 1") == nil)
            #expect(refusal("Host: a", "\(name): 1", "\(name.uppercased()): 1") == .malformed, "\(name)")
        }
        for name in ["Content-Encoding", "If-None-Match", "X-Request-Id", "Connection", "Cookie"] {
            #expect(refusal("Host: a", "\(name): 1", "\(name): 1") == nil, "\(name)")
        }
    }

    @Test("The one expectation is 100-continue, and HTTP/1.0 has none")
    func expectations() {
        for value in ["100-continue", "100-Continue", "100-continue, 100-continue", ""] {
            #expect(refusal("Host: a", "Expect: \(value)") == nil, "\(value)")
        }
        #expect(refusal("Host: a", "Expect: tea") == .unknownExpectation)
        #expect(refusal("Host: a", "Expect: 100-continue", "Expect: tea") == .unknownExpectation)
        #expect(refusal("Expect: tea", old: true) == nil)
        #expect(HeadRules.expectsContinue(head(["Expect: 100-continue"])))
        #expect(!HeadRules.expectsContinue(head(["Expect: 100-continue"], old: true)))
        #expect(!HeadRules.expectsContinue(head([])))
    }

    @Test("A body ends where its length says, or behind its last chunk")
    func framing() {
        #expect(HeadRules.framing(of: head([])) == .length(0))
        #expect(HeadRules.framing(of: head(["content-length: 12"])) == .length(12))
        #expect(HeadRules.framing(of: head(["Transfer-Encoding: chunked"])) == .chunked)
    }
}

@Suite("Blank lines")
struct BlankLinesTests {
    @Test("The bytes up to a blank line, in however many portions they come")
    func portions() {
        let text = "A\r\n b\r\r\n\r\n0\r\n\r\nrest\n\nlast"
        let expected = ["A\r\n b\r\r\n\r\n", "0\r\n\r\n", "rest\n\n", "last"]
        for size in 1...text.utf8.count {
            var lines = BlankLines()
            var found = [""]
            var rest = ByteBuffer(string: text)
            while var portion = rest.readSlice(length: min(size, rest.readableBytes)), portion.readableBytes > 0 {
                while portion.readableBytes > 0 {
                    let count = lines.prefix(of: portion)
                    let part = portion.readString(length: count) ?? ""
                    found[found.count - 1] += part
                    if expected.contains(found[found.count - 1]), found.count < expected.count { found.append("") }
                }
            }
            #expect(found == expected, "\(size)")
        }
    }
}
