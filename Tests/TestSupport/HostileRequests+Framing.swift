extension HostileRequest {
    /// Bytes that are not HTTP/1.1, or that two servers could read in two ways.
    static func framing(product: Int64) -> [HostileRequest] {
        malformedHeads(product: product) + ambiguousBodies(product: product)
    }

    private static func malformedHeads(product: Int64) -> [HostileRequest] {
        let heads = [
            "no request line": "}{\r\n\r\n",
            "binary": "\u{1}\u{2}\u{3}\u{4}\r\n\r\n",
            "TLS client hello": "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n",
            "Redis command": "*1\r\n$4\r\nPING\r\n\r\n",
            "SSH banner": "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "HTTP/2 preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "method only": "GET\r\n\r\n",
            "HTTP/0.9": "GET /health\r\n\r\n",
            "lower-case method": "get /health HTTP/1.1\r\nHost: shop\r\n\r\n",
            "unknown method": "STEAL /health HTTP/1.1\r\nHost: shop\r\n\r\n",
            "version 2": "GET /health HTTP/2.0\r\nHost: shop\r\n\r\n",
            "version 9.9": "GET /health HTTP/9.9\r\nHost: shop\r\n\r\n",
            "version with letters": "GET /health HTTP/x.y\r\nHost: shop\r\n\r\n",
            "other protocol": "GET /health GOPHER/1.1\r\nHost: shop\r\n\r\n",
            "blank in the target": "GET /hea lth HTTP/1.1\r\nHost: shop\r\n\r\n",
            "tab in the target": "GET /hea\tlth HTTP/1.1\r\nHost: shop\r\n\r\n",
            "no host": "GET /health HTTP/1.1\r\n\r\n",
            "host with a blank": "GET /health HTTP/1.1\r\nHost: a b\r\n\r\n",
            "empty host": "GET /health HTTP/1.1\r\nHost:\r\n\r\n",
            "host with a path": "GET /health HTTP/1.0\r\nHost: a/b\r\n\r\n",
            "two content types":
                "GET /health HTTP/1.1\r\nHost: shop\r\nContent-Type: text/plain\r\ncontent-type: text/plain\r\n\r\n",
            "two hosts": "GET /health HTTP/1.1\r\nHost: shop\r\nHost: other\r\n\r\n",
            "header without a colon": "GET /health HTTP/1.1\r\nHost: shop\r\nX\r\n\r\n",
            "header without a name": "GET /health HTTP/1.1\r\nHost: shop\r\n: x\r\n\r\n",
            "blank before the colon": "GET /health HTTP/1.1\r\nHost: shop\r\nX : y\r\n\r\n",
            "line break within a header": "GET /health HTTP/1.1\r\nHost: shop\r\nX: a\rb\r\n\r\n",
            "folded header": "GET /health HTTP/1.1\r\nHost: shop\r\nX: a\r\n b\r\n\r\n",
            "NUL in a header": "GET /health HTTP/1.1\r\nHost: shop\r\nX: a\u{0}b\r\n\r\n",
        ]
        return heads.sorted { $0.key < $1.key }.map { name, head in
            HostileRequest(name, raw: head, closesInput: true, expecting: 400, "invalid_request")
        }
    }

    private static func ambiguousBodies(product: Int64) -> [HostileRequest] {
        let join = "POST /api/products/\(product)/queue HTTP/1.1\r\nHost: shop\r\n"
        let body = #"{"user_id":"a"}"#
        let requests = [
            "length and chunked": "Content-Length: 15\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n\(body)\r\n0\r\n\r\n",
            "chunked and length": "Transfer-Encoding: chunked\r\nContent-Length: 15\r\n\r\nf\r\n\(body)\r\n0\r\n\r\n",
            "two lengths": "Content-Length: 15\r\nContent-Length: 14\r\n\r\n\(body)",
            "list of lengths": "Content-Length: 15, 15\r\n\r\n\(body)",
            "negative length": "Content-Length: -1\r\n\r\n\(body)",
            "length with a sign": "Content-Length: +15\r\n\r\n\(body)",
            "length that is no number": "Content-Length: 0xf\r\n\r\n\(body)",
            "length beyond 64 bits": "Content-Length: 99999999999999999999\r\n\r\n\(body)",
            "chunked twice": "Transfer-Encoding: chunked, chunked\r\n\r\nf\r\n\(body)\r\n0\r\n\r\n",
            "empty transfer coding": "Transfer-Encoding:\r\n\r\nf\r\n\(body)\r\n0\r\n\r\n",
            "transfer coding behind chunked": "Transfer-Encoding: chunked, gzip\r\n\r\nf\r\n\(body)\r\n0\r\n\r\n",
            "unknown transfer coding": "Transfer-Encoding: xchunked\r\n\r\nf\r\n\(body)\r\n0\r\n\r\n",
            "chunk size that is no number": "Transfer-Encoding: chunked\r\n\r\nzz\r\n\(body)\r\n0\r\n\r\n",
            "chunk size beyond 64 bits": "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\(body)\r\n0\r\n\r\n",
            "body cut short": "Content-Length: 100\r\n\r\n\(body)",
            "chunks cut short": "Transfer-Encoding: chunked\r\n\r\nf\r\n\(body)\r\n",
        ]
        let old =
            "POST /api/products/\(product)/queue HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n\(body)\r\n0\r\n\r\n"
        return [HostileRequest("chunked in HTTP/1.0", raw: old, closesInput: true, expecting: 400, "invalid_request")]
            + requests.sorted { $0.key < $1.key }.map { name, rest in
                HostileRequest(name, raw: join + rest, closesInput: true, expecting: 400, "invalid_request")
            }
    }

    /// More than anybody needs.
    static func sizes(product: Int64) -> [HostileRequest] {
        let path = "/api/products/\(product)/queue"
        let field = "X-Filler: \(String(repeating: "x", count: 1_000))"
        let spaces = [UInt8](repeating: UInt8(ascii: " "), count: 17_000)
        let chunk = "4000\r\n" + String(repeating: " ", count: 0x4000) + "\r\n"
        return [
            HostileRequest("body of 17,000 bytes", "POST", path, body: spaces, expecting: 413, "body_too_large"),
            HostileRequest(
                "body announced as 1 TB",
                raw: "POST \(path) HTTP/1.1\r\nHost: shop\r\nContent-Length: 1099511627776\r\n\r\n{",
                expecting: 413,
                "body_too_large"
            ),
            HostileRequest(
                "a megabyte in chunks",
                raw: "POST \(path) HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + String(repeating: chunk, count: 64),
                expecting: 413,
                "body_too_large"
            ),
            HostileRequest(
                "target of 9,000 bytes",
                "GET",
                "/" + String(repeating: "a", count: 9_000),
                expecting: 431,
                "headers_too_large"
            ),
            HostileRequest(
                "header of 9,000 bytes",
                "GET",
                "/health",
                headers: ["X: " + String(repeating: "a", count: 9_000)],
                expecting: 431,
                "headers_too_large"
            ),
            HostileRequest(
                "headers of 40,000 bytes",
                "GET",
                "/health",
                headers: Array(repeating: field, count: 40),
                expecting: 431,
                "headers_too_large"
            ),
            HostileRequest(
                "500 headers",
                "GET",
                "/health",
                headers: Array(repeating: "X: y", count: 500),
                expecting: 431,
                "headers_too_large"
            ),
            HostileRequest(
                "10 MB of headers",
                "GET",
                "/health",
                headers: Array(repeating: field, count: 10_000),
                expecting: 431,
                "headers_too_large"
            ),
        ]
    }
}
