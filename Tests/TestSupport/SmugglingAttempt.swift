/// One request by the letter of RFC 9112, or none at all, that carries a second one for whoever reads it otherwise.
///
/// A proxy that keeps to the RFC forwards it as one request or refuses it; a server that sees two has been smuggled one.
public struct SmugglingAttempt: Sendable, CustomStringConvertible {
    /// What could be misread.
    public let name: String
    /// What goes over the socket.
    public let bytes: [UInt8]

    /// The name, for a test's report.
    public var description: String { name }

    private init(_ name: String, _ text: String) {
        self.name = name
        bytes = Array(text.utf8)
    }

    /// The user for whom the second request would take a place in line.
    public static let user = "smuggled"

    /// The second request, which is a good one by itself.
    public static func hidden(product: Int64) -> String {
        let body = #"{"user_id":"\#(user)"}"#
        return "POST /api/products/\(product)/queue HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// Attempts of every kind; none of the requests in front changes anything by itself.
    public static func all(product: Int64 = 1, path: String = "/health") -> [SmugglingAttempt] {
        let hidden = hidden(product: product)
        let start = "POST \(path) HTTP/1.1\r\nHost: shop\r\n"
        return lengthOverCoding(start, hidden) + codingOverLength(start, hidden) + lengths(start, hidden)
            + chunks(start, hidden) + fields(path, hidden) + methods(path, hidden)
    }

    /// CL.TE and TE.TE: the length covers the second request, a coding that should not count would end before it.
    private static func lengthOverCoding(_ start: String, _ hidden: String) -> [SmugglingAttempt] {
        let body = "0\r\n\r\n" + hidden
        let codings = [
            "Transfer-Encoding: chunked", "Transfer-Encoding : chunked", "Transfer-Encoding:chunked",
            "Transfer-Encoding:\tchunked",
            "Transfer-Encoding: chunked ", " Transfer-Encoding: chunked", "X: y\r\n Transfer-Encoding: chunked",
            "X: y\nTransfer-Encoding: chunked", "X: y\rTransfer-Encoding: chunked",
            "X: y\r\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding:\u{B}chunked", "Transfer-Encoding: \u{C}chunked", "Transfer-Encoding: chunked\u{B}",
            "Transfer-Encoding: \u{0}chunked", "Transfer-Encoding: xchunked", "Transfer-Encoding: chunkedx",
            "Transfer-Encoding: x, chunked", "Transfer-Encoding: chunked, x", "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: identity, chunked", "Transfer-Encoding: identity", "Transfer-Encoding:",
            "Transfer-Encoding: ,chunked",
            "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: 'chunked'", "Transfer-Encoding: chunked;a=b",
            "Transfer-Encoding: CHUNKED", "TRANSFER-ENCODING: chunked", "Transfer_Encoding: chunked",
            "Transfer-Encodin: chunked",
            "Transfer-Encoding\u{0}: chunked", "Transfer-Encoding\u{A0}: chunked", "Transfer-Encoding: chunk\u{130}d",
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding:\r\n chunked",
            "Transfer-Encoding\r\n: chunked",
            "X: Transfer-Encoding: chunked", "Transfer-Encoding: ch\u{AD}unked",
            "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
        ]
        return codings.map {
            SmugglingAttempt(
                "CL.TE \($0.debugDescription)",
                "\(start)Content-Length: \(body.utf8.count)\r\n\($0)\r\n\r\n\(body)"
            )
        }
    }

    /// TE.CL: a chunk covers the second request, a length that should not count would end before it.
    private static func codingOverLength(_ start: String, _ hidden: String) -> [SmugglingAttempt] {
        let size = String(hidden.utf8.count, radix: 16)
        let body = "\(size)\r\n\(hidden)\r\n0\r\n\r\n"
        let before = size.utf8.count + 2
        let lengths = [
            "Content-Length: \(before)", "Content-Length : \(before)", "Content-Length:\t\(before)",
            "Content-Length: +\(before)",
            "Content-Length: \(before) ", "Content-Length: 0\(before)", "Content-Length: \(before), \(before)",
            "Content-Length: \(before)\r\nContent-Length: \(before)", " Content-Length: \(before)",
            "X: y\nContent-Length: \(before)",
            "X: y\rContent-Length: \(before)", "Content_Length: \(before)", "Content-Length\u{0}: \(before)",
            "CONTENT-LENGTH: \(before)",
            "Connection: Content-Length\r\nContent-Length: \(before)", "Content-Length: \(before)\u{B}",
            "Content-Length: \(before).0",
        ]
        return lengths.flatMap { length in
            ["\(length)\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\n\(length)"].enumerated().map {
                SmugglingAttempt("TE.CL \($0) \(length.debugDescription)", "\(start)\($1)\r\n\r\n\(body)")
            }
        }
    }

    /// CL.CL: one length covers the second request, another one ends before it.
    private static func lengths(_ start: String, _ hidden: String) -> [SmugglingAttempt] {
        let all = hidden.utf8.count
        let pairs = [
            "Content-Length: 0\r\nContent-Length: \(all)", "Content-Length: \(all)\r\nContent-Length: 0",
            "Content-Length: 0, \(all)", "Content-Length: \(all), 0", "Content-Length: \(all)\r\ncontent-length: 00",
            "Content-Length: \(all)\r\nContent-Length : 0", "Content-Length : 0\r\nContent-Length: \(all)",
            "Content-Length: -0\r\nContent-Length: \(all)", "Content-Length: \(all)\r\nContent-Length:",
            "Content-Length: \(all)\r\n Content-Length: 0", "Content-Length: \(all)\r\nX: y\nContent-Length: 0",
            "Content-Length: 0x\(String(all, radix: 16))", "Content-Length: \(all)e0", "Content-Length: 0 \(all)",
            "Content-Length: \(all)\r\nContent-Length\t: 0", "Content-Length: 18446744073709551616",
        ]
        return pairs.map { SmugglingAttempt("CL.CL \($0.debugDescription)", "\(start)\($0)\r\n\r\n\(hidden)") }
    }

    /// The second request lies in a chunk whose size could be misread.
    private static func chunks(_ start: String, _ hidden: String) -> [SmugglingAttempt] {
        let size = String(hidden.utf8.count, radix: 16)
        let lines = [
            "\(size)", "\(size);a=b", "\(size);\n", "\(size);a\nb", "\(size);a\rb", "\(size);\u{0}", "\(size) ;a",
            " \(size)", "\(size)\t",
            "0x\(size)", "+\(size)", "-\(size)", "0000000000000000\(size)", "1000000000000000\(size)", "\(size)\n",
            "\(size)\r", "\n\(size)",
            "\(size);a=\"\r\n\"", "\(size)h", "\(size.uppercased())",
        ]
        return lines.map {
            SmugglingAttempt(
                "chunk \($0.debugDescription)",
                "\(start)Transfer-Encoding: chunked\r\n\r\n\($0)\r\n\(hidden)\r\n0\r\n\r\n"
            )
        }
    }

    /// The second request lies in a field's value, behind what could be taken for the end of the head.
    private static func fields(_ path: String, _ hidden: String) -> [SmugglingAttempt] {
        let ends = [
            "\n\n", "\r\r", "\n\r", "\r\n\r", "\n \n", "\u{0}", "\u{B}\u{B}", "\u{C}", "\u{85}\u{85}",
            "\u{2028}\u{2028}", "\r\n \r\n", "%0d%0a%0d%0a",
        ]
        return ends.map {
            SmugglingAttempt(
                "field \($0.debugDescription)",
                "GET \(path) HTTP/1.1\r\nHost: shop\r\nX: y\($0)\(hidden)\r\n\r\n"
            )
        }
    }

    /// The second request lies in the body of one that some take to have none, or that changes the protocol.
    private static func methods(_ path: String, _ hidden: String) -> [SmugglingAttempt] {
        let length = "Content-Length: \(hidden.utf8.count)"
        let plain = ["GET", "DELETE", "OPTIONS", "PUT", "PATCH", "TRACE"].map {
            "\($0) \(path) HTTP/1.1\r\nHost: shop\r\n\(length)"
        }
        let others = [
            "GET http://shop\(path) HTTP/1.1\r\nHost: shop\r\n\(length)",
            "GET http://other\(path) HTTP/1.1\r\nHost: shop\r\n\(length)",
            "POST \(path) HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\n\(length)",
            "POST \(path) HTTP/1.1\r\nHost: shop\r\nExpect: other\r\n\(length)",
            "GET \(path) HTTP/1.1\r\nHost: shop\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\(length)",
            "GET \(path) HTTP/1.1\r\nHost: shop\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\(length)",
            "GET \(path) HTTP/1.0\r\nHost: shop\r\nConnection: keep-alive\r\n\(length)",
            "GET \(path) HTTP/1.1\r\nHost: shop\r\nConnection: Content-Length\r\n\(length)",
            "CONNECT shop:80 HTTP/1.1\r\nHost: shop\r\n\(length)",
            "GET \(path) HTTP/1.1\r\nHost: shop\r\nHost: other\r\n\(length)",
            "GET \(path) HTTP/1.1\r\n\(length)", "GET \(path)\r\nHost: shop\r\n\(length)",
        ]
        return (plain + others).map { SmugglingAttempt("body of \($0.debugDescription)", "\($0)\r\n\r\n\(hidden)") }
    }
}
