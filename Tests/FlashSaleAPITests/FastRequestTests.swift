import FlashSale
import HTTPTypes
import Testing

@testable import FlashSaleAPI

@Suite("Fast request")
struct FastRequestTests {
    private struct Seen: Equatable {
        var length: Int
        var target: String
        var body: String?
        var needsLongWay: Bool
        var requestID: String?
    }

    private func read(_ text: String, limit: Int = 4_096) -> Seen? {
        Array(text.utf8).withUnsafeBytes { bytes in
            guard case .plain(let request) = FastRequest.read(bytes, headLimit: limit) else { return nil }
            return Seen(
                length: request.length,
                target: request.text(request.target),
                body: request.length <= bytes.count ? String(decoding: request.body, as: UTF8.self) : nil,
                needsLongWay: request.needsLongWay,
                requestID: request.requestID.map(request.text)
            )
        }
    }

    @Test("A plain request is read, and where it ends")
    func plain() {
        let text =
            "POST /a/b HTTP/1.1\r\nHOST: shop\r\ncontent-Type:application/json \r\nX-Request-Id: r-1\r\n"
            + "Content-Length: 2\r\n\r\n{}GET /next"
        #expect(
            read(text)
                == Seen(length: text.utf8.count - 9, target: "/a/b", body: "{}", needsLongWay: false, requestID: "r-1")
        )
    }

    @Test("A body that is still to come belongs to the request")
    func unfinishedBody() {
        let text = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123"
        #expect(read(text)?.length == text.utf8.count + 7)
    }

    @Test(
        "Whatever leaves a doubt about where a request ends, or what follows, is left to the parser",
        arguments: [
            "GET /a HTTP/1.1\r\nHost: a b\r\n\r\n", "GET /a HTTP/1.1\r\nHost:\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: :1\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: x:123456\r\n\r\n", "GET /a HTTP/1.1\r\nHost: a_b\r\n\r\n",
            "GET /a HTTP/1.0\r\nHost: x\r\n\r\n", "GET /a HTTP/1.1\nHost: x\n\n", "GET  /a HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET a HTTP/1.1\r\nHost: x\r\n\r\n", "GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /\u{1}a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /é HTTP/1.1\r\nHost: x\r\n\r\n",
            "get /a HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT /a HTTP/1.1\r\nHost: x\r\n\r\n",
            "G-T /a HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /a HTTP/1.1\r\n\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost : x\r\n\r\n", "GET /a HTTP/1.1\r\nHost: x\r\n y\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: x\r\nA: b\u{0}c\r\n\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nA: \té\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", "GET /a HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: x\r\nA\r\n\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n1",
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n1",
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n1",
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1234567\r\n\r\n1",
            "GET /a HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A: b\r\n", count: 40) + "\r\n",
        ]
    )
    func unclear(_ text: String) { #expect(read(text) == nil) }

    @Test(
        "A plain request that only the long way answers is passed on whole",
        arguments: [
            "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1",
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\ncontent-type: application/json\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r\nX-Request-Id: b\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: x\r\nIf-None-Match: a\r\nif-none-match: b\r\n\r\n",
        ]
    )
    func longWay(_ text: String) {
        #expect(read(text)?.needsLongWay == true)
        #expect(read(text)?.length == text.utf8.count)
    }

    @Test("The beginning of a plain request is one, wherever it is cut; that of another is not")
    func incomplete() {
        func reading(_ text: String, _ count: Int? = nil, limit: Int = 4_096) -> String {
            Array(text.utf8.prefix(count ?? .max)).withUnsafeBytes {
                switch FastRequest.read($0, headLimit: limit) {
                case .incomplete: "incomplete"
                case .unclear: "unclear"
                case .plain: "plain"
                }
            }
        }
        let text = "POST /a/b HTTP/1.1\r\nHost: shop:80\r\nContent-Length: 2\r\n\r\n"
        for count in 0..<text.utf8.count {
            #expect(reading(text, count) == "incomplete", "\(count)")
        }
        #expect(reading(text) == "plain")
        #expect(reading(text, text.utf8.count - 1, limit: text.utf8.count - 1) == "unclear")
        for other in [
            "\u{1}", "get", "GET x", "GET /a\t", "GET /a HTTP/1.0", "GET /a HTTP/1.1\n", "GET /a HTTP/1.1\r\nA: \t",
        ] {
            #expect(reading(other) == "unclear", "\(other)")
        }
    }

    @Test("A head over the limit is not looked at")
    func limit() {
        let text = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
        #expect(read(text, limit: text.utf8.count) != nil)
        #expect(read(text, limit: text.utf8.count - 1) == nil)
    }
}

@Suite("Plain JSON")
struct PlainJSONTests {
    private func plain(_ text: String) -> JoinBody? { Array(text.utf8).withUnsafeBytes { JoinBody(plain: $0) } }

    @Test(
        "The usual spellings of a wish to join are read",
        arguments: [
            (#"{"user_id":"alice"}"#, "alice", 1),
            (#" { "user_id" : "A.b_C@d+e-9" , "quantity" : 12 } "#, "a.b_c@d+e-9", 12),
            ("{\"quantity\":1000000,\r\n\t\"user_id\":\"x\"}", "x", 1_000_000),
        ]
    )
    func usual(_ text: String, _ user: String, _ quantity: Int) throws {
        let body = try #require(plain(text))
        #expect(body.user.rawValue == user)
        #expect(body.quantity == quantity)
        #expect(try JoinBody(Array(text.utf8)) == body)
    }

    @Test(
        "Every other one is left to the strict reader, right or wrong",
        arguments: [
            "", "{", "{}", #"{"user_id":"alice""#, #"{"user_id":"alice"}x"#, #"{"user_id":"alice",}"#,
            #"["user_id","alice"]"#,
            #"{"user_id":"alice","user_id":"bob"}"#, #"{"user_id":"a b","user_id":"bob"}"#,
            #"{"user_id":"alice","quantity":1,"quantity":1}"#, #"{"user_id":"a\u0062"}"#,
            #"{"user_id":"é"}"#, #"{"user_id":""}"#, #"{"user_id":"a b"}"#, #"{"user_id":1}"#,
            #"{"user_id":"a","x":1}"#,
            #"{"user_id":"a","quantity":0}"#, #"{"user_id":"a","quantity":01}"#, #"{"user_id":"a","quantity":-1}"#,
            #"{"user_id":"a","quantity":1.0}"#, #"{"user_id":"a","quantity":1e0}"#, #"{"user_id":"a","quantity":"1"}"#,
            #"{"user_id":"a","quantity":1000001}"#, #"{"user_id":"a","quantity":12345678901}"#, #"{"quantity":1}"#,
            "{\"user_id\":\"a\n\"}", "\u{FEFF}{\"user_id\":\"a\"}",
        ]
    )
    func other(_ text: String) { #expect(plain(text) == nil) }

    @Test("What is read here is what the strict reader reads, whatever the bytes")
    func agreement() {
        var random = SystemRandomNumberGenerator()
        let seed = Array(#"{"user_id":"Al.ice@1","quantity":12}"#.utf8)
        var read = 0
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = seed[Int.random(in: 0..<seed.count, using: &random)]
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 0x09...0x7F, using: &random), at: index)
                }
            }
            guard let body = bytes.withUnsafeBytes({ JoinBody(plain: $0) }) else { continue }
            read += 1
            #expect((try? JoinBody(bytes)) == body, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(read > 1_000)
    }
}
