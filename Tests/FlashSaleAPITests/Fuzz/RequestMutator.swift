/// Makes requests that are nearly right, and some that are not at all: one to three of them, as one client would pipeline them.
struct RequestMutator {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// The bytes of a connection.
    mutating func next() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<(random.happens(40) ? 1 + random.below(3) : 1) { bytes += request() }
        if random.happens(30) { spoil(&bytes) }
        return bytes
    }

    /// Where the bytes are cut into segments: strictly between 0 and their number, in order.
    mutating func cuts(of count: Int) -> [Int] {
        guard count > 1 else { return [] }
        return Set((0...random.below(4)).map { _ in 1 + random.below(count - 1) }).sorted()
    }

    private mutating func request() -> [UInt8] {
        var head = Array("\(oddly(10, Self.methods, "POST", "GET")) ".utf8)
        let isJoin = head.starts(with: Array("POST".utf8))
        head += Array(
            (random.happens(80)
                ? (isJoin ? Self.joinTarget : random.pick(Self.plainTargets)) : random.pick(Self.targets)).utf8
        )
        head += Array((random.happens(92) ? " HTTP/1.1" : random.pick(Self.versions)).utf8)
        head += lineBreak()
        var fields = random.happens(93) ? ["Host: shop"] : [random.pick(Self.hosts)]
        var body: [UInt8] = []
        if isJoin || random.happens(8) { (fields, body) = addBody(to: fields) }
        for _ in 0..<(random.happens(50) ? random.below(4) : 0) {
            fields.insert(random.pick(Self.fields), at: random.below(fields.count + 1))
        }
        if random.happens(6) { fields.append(random.pick(fields)) }
        for field in fields { head += Array(field.utf8) + lineBreak() }
        if random.happens(5) {
            head += Array("X-Odd: ".utf8) + [random.pick(Self.oddBytes)] + Array("x".utf8) + lineBreak()
        }
        return head + lineBreak() + body
    }

    private mutating func oddly(_ perCent: Int, _ odd: [String], _ usual: String...) -> String {
        random.happens(perCent) ? random.pick(odd) : random.pick(usual)
    }

    private mutating func lineBreak() -> [UInt8] {
        random.happens(99) ? Array("\r\n".utf8) : Array(random.pick(["\n", "\r", "\r\r\n", "\n\r\n", " \r\n"]).utf8)
    }

    private mutating func addBody(to fields: [String]) -> ([String], [UInt8]) {
        let text = random.happens(70) ? #"{"user_id":"u\#(random.below(40))","quantity":1}"# : random.pick(Self.bodies)
        var fields = fields
        if random.happens(80) { fields.append("Content-Type: application/json") }
        switch random.below(20) {
        case 0: fields.append(random.pick(Self.lengths))
        case 1...5:
            fields.append(random.happens(80) ? "Transfer-Encoding: chunked" : random.pick(Self.codings))
            return (fields, chunks(of: Array(text.utf8)))
        case 6: fields += ["Content-Length: \(text.utf8.count)", "Expect: \(random.pick(Self.expectations))"]
        case 7: fields += ["Content-Length: \(text.utf8.count)", random.pick(Self.codings)]
        default: fields.append("Content-Length: \(text.utf8.count + (random.happens(4) ? random.below(5) - 2 : 0))")
        }
        return (fields, Array(text.utf8))
    }

    private mutating func chunks(of bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        var all: [UInt8] = []
        while !rest.isEmpty {
            let part = rest.prefix(1 + random.below(20))
            rest = rest[part.endIndex...]
            let size = random.happens(95) ? String(part.count, radix: 16) : random.pick(Self.sizes)
            let ext = random.happens(85) ? "" : random.pick(Self.extensions)
            all += Array("\(size)\(ext)".utf8) + lineBreak() + part + lineBreak()
        }
        all += Array("0\(random.happens(90) ? "" : random.pick(Self.extensions))".utf8) + lineBreak()
        if random.happens(15) { all += Array(random.pick(Self.trailers).utf8) + lineBreak() }
        return all + lineBreak()
    }

    /// One to three odd bytes, anywhere.
    private mutating func spoil(_ bytes: inout [UInt8]) {
        for _ in 0...random.below(3) where !bytes.isEmpty {
            let index = random.below(bytes.count)
            switch random.below(4) {
            case 0: bytes.remove(at: index)
            case 1: bytes[index] = random.pick(Self.oddBytes)
            case 2: bytes.insert(random.pick(Self.oddBytes), at: index)
            default: bytes.removeLast(min(bytes.count - 1, random.below(12)))
            }
        }
    }
}

extension RequestMutator {
    private static let joinTarget = "/api/products/1/queue"
    private static let plainTargets = [
        "/api/products/1/queue/u1", "/api/products/1/queue/U2", "/api/products/1/progress", "/api/products/1",
        "/health",
        "/api/products/2/queue/u1", "/api/products/1/queue/%75%31",
    ]
    private static let targets = [
        "/", "*", "//", "/api/products/1/queue/", "/api/products/01/queue/u1", "/api/products/1/queue/u1?x=1",
        "/api/products/1/progress?", "http://shop/api/products/1", "/api/products/1/queue/é",
        "/api/products/1/queue/a b",
        "/api/products/1/queue/u1#x", "shop:80", "", "/api/products/99999999999999999999/progress", "/\u{1}", "/a\tb",
    ]
    private static let methods = [
        "GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH", "TRACE", "CONNECT", "get", "G-T", "PRI", "", "GET ",
        "QUERY", "PURGE", "M-SEARCH", " GET",
    ]
    private static let versions = [
        " HTTP/1.0", " HTTP/1.2", " HTTP/2.0", " HTTP/0.9", " http/1.1", "", "  HTTP/1.1", " HTTP/1.1 ", " HTTP/11",
        " FTP/1.1",
    ]
    private static let hosts = [
        "Host:", "Host: ", "Host: a b", "Host: shop:8080", "Host: shop:", "Host: shop:x", "Host: [::1]:80", "Host: a,b",
        "Host: a/b", "Host: a@b", "Host: é", "Host:\tshop", "hOST: shop  ", "Host : shop", "X-No-Host: 1", "Host: a%2",
        "Host: :80",
        "Host: shop:123456",
    ]
    private static let fields = [
        "Connection: keep-alive", "Connection: close", "Connection: keep-alive, x", "Connection: Upgrade",
        "Upgrade: h2c",
        "X-Request-Id: mine", "X-Request-Id: other", "X-Request-Id: b d", "If-None-Match: *", "If-None-Match: \"a\"",
        "Content-Encoding: gzip", "Content-Encoding: identity", "Content-Type: text/plain",
        "Content-Type: application/json",
        "content-type: APPLICATION/JSON", "Content-Type: application/json; charset=utf-8", "Content-Length: 0",
        "Content-Length: 3", "Transfer-Encoding: chunked", "Expect: 100-continue", "Expect: x", "Expect:",
        "Accept: */*",
        "X-Tab: a\tb", "X-Obs: ä", "X'Odd!Name: 1", "X_Y: 1", "X-Empty:", "X-Blank :1", " X-Fold: 1", ": no name",
        "No-Colon",
        "Cookie: a=b; c=d", "Host: other", "Authorization: Bearer x", "Authorization: Bearer y", "Trailer: X",
        "TE: trailers",
        "Keep-Alive: timeout=5", "X-Nul: a\u{0}b", "X-Long: " + String(repeating: "y", count: 300),
        "Proxy-Connection: close",
        "HTTP2-Settings: AAMAAABk", "Content_Length: 5", "Transfer_Encoding: chunked",
    ]
    private static let lengths = [
        "Content-Length: -1", "Content-Length: +5", "Content-Length: 5, 5", "Content-Length: 0x5", "Content-Length:",
        "Content-Length: 99999", "Content-Length: 123456789012345678901234567890",
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 05", "Content-Length: 5 ", "Content-Length:\t5", "Content-Length : 5",
    ]
    private static let codings = [
        "Transfer-Encoding: gzip, chunked", "Transfer-Encoding:", "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: CHUNKED",
        "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: , chunked", "Transfer-Encoding: identity",
        "Transfer-Encoding:\tchunked", "Transfer-Encoding: xchunked", "Transfer-Encoding : chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked;x=y",
        "Transfer-Encoding: \"chunked\"",
    ]
    private static let expectations = [
        "100-continue", "100-Continue", "100-continue, 100-continue", "x", "", "100-continue;q=1",
    ]
    private static let bodies = [
        "", "{}", "{", #"{"user_id":1}"#, #"{"user_id":"a","user_id":"b"}"#, #"{"user_id":"é"}"#,
        #"{"user_id":"a","x":1}"#,
        #"[1]"#, #"{"user_id":"a","quantity":1e0}"#, #"{"user_id":"a","quantity":3}"#, "{\"user_id\":\"a\r\n\r\nb\"}",
        "GET /health HTTP/1.1\r\nHost: shop\r\n\r\n", "{\"user_id\":\"nl\"}\r\n\r\n", "\u{FEFF}{\"user_id\":\"a\"}",
        String(repeating: " ", count: 17_000),
    ]
    private static let sizes = [
        "", "0", "00", "x", "-1", "+5", "0x5", "5 ", "ffffffffffffffffff", "00000000000000005", "\t5",
    ]
    private static let extensions = [";", ";a", ";a=b", ";a=\"b;c\"", " ;a", ";a\nb", ";a\r", ";\u{0}", " ", ";é"]
    private static let trailers = [
        "X: y", "Content-Length: 5", "Transfer-Encoding: chunked", "Host: x", ":", "X : y", "X: \u{0}", "X: a\nY: b",
        "no colon",
    ]
    private static let oddBytes: [UInt8] =
        Array(0...0x20) + [0x0A, 0x0D, 0x0A, 0x0D, 0x22, 0x2C, 0x3A, 0x3B, 0x7F, 0x80, 0x85, 0xA0, 0xC3, 0xFF]
        + Array("{}09aZ/".utf8)
}
