/// Bytes that no honest client sends, and what a server has to answer: always a problem document, never a 5xx, never a
/// change of anything.
public struct HostileRequest: Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let name: String
    /// What goes over the socket.
    public let bytes: [UInt8]
    /// Whether the client closes its side once the bytes are sent.
    public let closesInput: Bool
    /// The status that is right.
    public let status: Int
    /// The `code` that the problem document has to have.
    public let code: String

    /// The name, for a test's report.
    public var description: String { name }

    /// Bytes as they are.
    public init(
        _ name: String,
        raw: String,
        closesInput: Bool = false,
        expecting status: Int,
        _ code: String
    ) {
        self.init(name, bytes: Array(raw.utf8), closesInput: closesInput, expecting: status, code)
    }

    /// Bytes as they are, which need not be text.
    public init(
        _ name: String,
        bytes: [UInt8],
        closesInput: Bool = false,
        expecting status: Int,
        _ code: String
    ) {
        self.name = name
        self.bytes = bytes
        self.closesInput = closesInput
        self.status = status
        self.code = code
    }

    /// A request that is well formed as HTTP, and asks the server to close the connection behind its answer.
    public init(
        _ name: String,
        _ method: String,
        _ target: String,
        headers: [String] = [],
        body: [UInt8]? = nil,
        expecting status: Int,
        _ code: String
    ) {
        let length = body.map { ["Content-Length: \($0.count)"] } ?? []
        let lines = ["\(method) \(target) HTTP/1.1", "Host: shop", "Connection: close"] + headers + length
        let head = lines.joined(separator: "\r\n") + "\r\n\r\n"
        self.init(name, bytes: Array(head.utf8) + (body ?? []), expecting: status, code)
    }
}

extension HostileRequest {
    /// Every hostile request that is answered alike however payment events have to be signed.
    ///
    /// - Parameter product: The number that is used where the product is not what is wrong; it need not exist.
    public static func all(product: Int64 = 1) -> [HostileRequest] {
        bodies(product: product) + fields(product: product) + mediaTypes(product: product) + paths(product: product)
            + users(product: product) + methods(product: product) + queries(product: product)
            + orders(product: product) + framing(product: product) + sizes(product: product)
    }

    /// A join whose body is `body`.
    private static func join(
        _ name: String,
        product: Int64,
        _ body: String,
        expecting status: Int,
        _ code: String
    ) -> HostileRequest {
        join(name, product: product, bytes: Array(body.utf8), expecting: status, code)
    }

    private static func join(
        _ name: String,
        product: Int64,
        bytes: [UInt8],
        headers: [String] = ["Content-Type: application/json"],
        expecting status: Int,
        _ code: String
    ) -> HostileRequest {
        HostileRequest(
            name,
            "POST",
            "/api/products/\(product)/queue",
            headers: headers,
            body: bytes,
            expecting: status,
            code
        )
    }
}

extension HostileRequest {
    /// Bodies that are not one flat JSON object.
    static func bodies(product: Int64) -> [HostileRequest] {
        let texts: [(name: String, body: String)] = [
            ("empty body", ""),
            ("blank body", "  \r\n\t "),
            ("null body", "null"),
            ("array body", #"[{"user_id":"a"}]"#),
            ("string body", #""user_id""#),
            ("number body", "1"),
            ("form body", "user_id=a&quantity=1"),
            ("XML body", "<user_id>a</user_id>"),
            ("unclosed object", #"{"user_id":"a""#),
            ("unclosed string", #"{"user_id":"a"#),
            ("lone brace", "{"),
            ("no value", #"{"user_id":}"#),
            ("no colon", #"{"user_id" "a"}"#),
            ("no comma", #"{"user_id":"a" "quantity":1}"#),
            ("trailing comma", #"{"user_id":"a",}"#),
            ("leading comma", #"{,"user_id":"a"}"#),
            ("name without quotes", #"{user_id:"a"}"#),
            ("single quotes", "{'user_id':'a'}"),
            ("comment", #"{"user_id":"a"/* */}"#),
            ("second object behind", #"{"user_id":"a"}{"user_id":"b"}"#),
            ("brace behind", #"{"user_id":"a"}}"#),
            ("text behind", #"{"user_id":"a"} x"#),
            ("NUL behind", "{\"user_id\":\"a\"}\u{0}"),
            ("byte order mark", "\u{FEFF}{\"user_id\":\"a\"}"),
            ("two users", #"{"user_id":"a","user_id":"b"}"#),
            ("two users, one escaped", #"{"user_id":"a","user\u005fid":"b"}"#),
            ("two quantities", #"{"user_id":"a","quantity":1,"quantity":2}"#),
            ("NaN", #"{"user_id":"a","quantity":NaN}"#),
            ("Infinity", #"{"user_id":"a","quantity":Infinity}"#),
            ("hexadecimal", #"{"user_id":"a","quantity":0x1}"#),
            ("leading zero", #"{"user_id":"a","quantity":01}"#),
            ("plus sign", #"{"user_id":"a","quantity":+1}"#),
            ("bare point", #"{"user_id":"a","quantity":1.}"#),
            ("bare exponent", #"{"user_id":"a","quantity":1e}"#),
            ("bare minus", #"{"user_id":"a","quantity":-}"#),
            ("True", #"{"user_id":"a","quantity":True}"#),
            ("control character", "{\"user_id\":\"a\u{1}\"}"),
            ("line break in a string", "{\"user_id\":\"a\nb\"}"),
            ("unknown escape", #"{"user_id":"\x61"}"#),
            ("short escape", #"{"user_id":"\u06"}"#),
            ("lone high surrogate", #"{"user_id":"\ud800"}"#),
            ("lone low surrogate", #"{"user_id":"\udc00"}"#),
            ("surrogates the wrong way round", #"{"user_id":"\udc00\ud800"}"#),
            ("high surrogate and a letter", #"{"user_id":"\ud800a"}"#),
            ("nested 17 deep", #"{"user_id":"a","x":"# + nested(16) + "}"),
            ("nested 8000 deep", String(repeating: "[", count: 8_000)),
            ("objects nested 2000 deep", String(repeating: #"{"a":"#, count: 2_000)),
            ("a thousand fields", "{" + (0..<1_000).map { "\"f\($0)\":1" }.joined(separator: ",") + "}"),
        ]
        let bytes: [(name: String, bytes: [UInt8])] = [
            ("byte that UTF-8 has not", Array(#"{"user_id":"a"#.utf8) + [0xFF] + Array(#""}"#.utf8)),
            ("overlong slash", Array(#"{"user_id":"a"#.utf8) + [0xC0, 0xAF] + Array(#""}"#.utf8)),
            ("surrogate in UTF-8", Array(#"{"user_id":"a"#.utf8) + [0xED, 0xA0, 0x80] + Array(#""}"#.utf8)),
            ("cut UTF-8 sequence", Array(#"{"user_id":"a"#.utf8) + [0xE2, 0x82] + Array(#""}"#.utf8)),
            ("UTF-16", Array(#"{"user_id":"a"}"#.utf8).flatMap { [$0, 0] }),
            ("gzip magic", [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0]),
        ]
        return texts.map { join($0.name, product: product, $0.body, expecting: 400, "invalid_json") }
            + bytes.map { join($0.name, product: product, bytes: $0.bytes, expecting: 400, "invalid_json") }
    }

    private static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    /// Bodies whose fields are not what they have to be.
    static func fields(product: Int64) -> [HostileRequest] {
        let users = [
            "no user": "{}",
            "no user but a quantity": #"{"quantity":1}"#,
            "user is a number": #"{"user_id":1}"#,
            "user is true": #"{"user_id":true}"#,
            "user is null": #"{"user_id":null}"#,
            "user is an array": #"{"user_id":["a"]}"#,
            "user is an object": #"{"user_id":{"a":1}}"#,
            "user is empty": #"{"user_id":""}"#,
            "user is blank": #"{"user_id":" "}"#,
            "user with a blank behind": #"{"user_id":"a "}"#,
            "user with a slash": #"{"user_id":"../a"}"#,
            "user with a NUL": #"{"user_id":"a\u0000"}"#,
            "user with a line break": #"{"user_id":"a\r\nDEL x"}"#,
            "user with a colon": #"{"user_id":"a:b"}"#,
            "user with a brace": #"{"user_id":"{1}"}"#,
            "user with a star": #"{"user_id":"*"}"#,
            "user is SQL": #"{"user_id":"a' OR '1'='1"}"#,
            "user is HTML": #"{"user_id":"<script>"}"#,
            "user is not ASCII": #"{"user_id":"аlice"}"#,
            "user is an emoji": #"{"user_id":"\ud83d\ude00"}"#,
            "user of 65 characters": #"{"user_id":"\#(String(repeating: "a", count: 65))"}"#,
            "user of 8000 characters": #"{"user_id":"\#(String(repeating: "a", count: 8_000))"}"#,
            "unknown field": #"{"user_id":"a","price":1}"#,
            "field with another case": #"{"user_id":"a","Quantity":1}"#,
            "prototype field": #"{"user_id":"a","__proto__":{"x":1}}"#,
            "empty field name": #"{"user_id":"a","":1}"#,
        ]
        let quantities = [
            "0", "-1", "-0", "1.0", "1.5", "1e0", "1E2", "0.1e1", "\"1\"", "true", "false", "null", "[]", "[1]", "{}",
            "1000001", "2147483648", "9223372036854775807", "9223372036854775808", "18446744073709551616",
            "-9223372036854775809", "1\(String(repeating: "0", count: 400))",
        ]
        return users.sorted { $0.key < $1.key }.map { name, body in
            join(name, product: product, body, expecting: 422, "invalid_field")
        }
            + quantities.map { quantity in
                join(
                    "quantity \(quantity.prefix(24))",
                    product: product,
                    "{\"user_id\":\"a\",\"quantity\":\(quantity)}",
                    expecting: 422,
                    "invalid_field"
                )
            }
    }

    /// Bodies that say they are something else.
    static func mediaTypes(product: Int64) -> [HostileRequest] {
        [
            "Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded",
            "Content-Type: multipart/form-data; boundary=x", "Content-Type: application/jsonx",
            "Content-Type: text/json", "Content-Type: application/json; charset=utf-16", "Content-Type: ",
            "Content-Type: application/xml, application/json", "Content-Encoding: gzip",
        ].map { header in
            join(
                header,
                product: product,
                bytes: Array(#"{"user_id":"a"}"#.utf8),
                headers: [header],
                expecting: 415,
                "unsupported_media_type"
            )
        }
    }
}
