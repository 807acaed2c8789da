import NIOHTTP1

/// What RFC 9112 asks of a request's head beside what NIO's parser sees to: a host, and a body whose end is beyond doubt.
///
/// Two servers that read one head in two ways are how requests are smuggled; so what could be read in two ways is refused.
///
/// | field | twice |
/// |---|---|
/// | `Host`, `Content-Length`, `Content-Type`, `Authorization` | refused: they have one value (RFC 9110, 7.2, 8.6, 8.3, 11.6.2) |
/// | `Connection`, `Content-Encoding`, `Expect`, `If-None-Match`, `Transfer-Encoding` | one list (RFC 9110, 5.3) |
/// | `X-Request-Id` | ours: neither is taken, the request gets a new one |
///
/// The fast path leaves every request with a field of these twice to the full parser, and so to these rules.
enum HeadRules {
    /// Why a request can't be taken; nil when it can.
    static func refusal(of head: HTTPRequestHead) -> ConnectionRefusal? {
        var fields = KnownFields()
        for (name, value) in head.headers where !fields.take(name, value) { return .malformed }
        let isOld = head.version == .http1_0
        guard fields.hosts.count <= 1, isHost(fields.hosts.first, isOld: isOld) else { return .malformed }
        if let refusal = fields.refusalOfCodings(isOld: isOld) { return refusal }
        // Nobody waits for a 100 that HTTP/1.0 does not know (RFC 9110, 10.1.1).
        return isOld || fields.expectations.allSatisfy { $0 == continueExpectation } ? nil : .unknownExpectation
    }

    /// Whether the client waits for a 100 before it sends the body; of a head that is not refused.
    static func expectsContinue(_ head: HTTPRequestHead) -> Bool {
        head.version != .http1_0 && head.headers[canonicalForm: "expect"].contains { !$0.isEmpty }
    }

    /// How the body ends (RFC 9112, 6.3); of a head that is not refused.
    static func framing(of head: HTTPRequestHead) -> ConnectionState.Framing {
        if head.headers.contains(name: "transfer-encoding") { return .chunked }
        return .length(head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0)
    }

    fileprivate static let continueExpectation = "100-continue"

    /// HTTP/1.1 names a host; HTTP/1.0 may leave it out (RFC 9112, 3.2). An `http` URI has no empty one (RFC 9110, 4.2.1).
    private static func isHost(_ value: String?, isOld: Bool) -> Bool {
        guard let value, !value.isEmpty else { return isOld }
        return HostField.isValid(value)
    }
}

/// The fields of a head that the rules are about.
private struct KnownFields {
    var hosts: [String] = []
    var codings: [String]?
    var expectations: [String] = []
    private var hasLength = false
    private var hasType = false
    private var hasAuthorization = false

    /// - Returns: Whether the field may be there once more.
    mutating func take(_ name: String, _ value: String) -> Bool {
        // Most names have another length: nothing is written in small letters for them.
        switch name.utf8.count {
        case 4 where name.lowercased() == "host": hosts.append(value)
        case 6 where name.lowercased() == "expect":
            expectations += Self.list(value).filter { !$0.isEmpty }
        case 12 where name.lowercased() == "content-type": return Self.note(&hasType)
        case 13 where name.lowercased() == "authorization": return Self.note(&hasAuthorization)
        case 14 where name.lowercased() == "content-length": return Self.note(&hasLength)
        case 17 where name.lowercased() == "transfer-encoding":
            codings = (codings ?? []) + Self.list(value)
        default: break
        }
        return true
    }

    /// RFC 9112: no transfer coding in HTTP/1.0, none together with a length, `chunked` once and last (6.1, 6.3); others
    /// before it are not known here.
    func refusalOfCodings(isOld: Bool) -> ConnectionRefusal? {
        guard let codings else { return nil }
        let isFramed = codings.last == "chunked" && codings.count { $0 == "chunked" } == 1
        guard isFramed, !isOld, !hasLength, !codings.contains("") else { return .malformed }
        return codings.count == 1 ? nil : .unknownTransferCoding
    }

    private static func note(_ flag: inout Bool) -> Bool {
        defer { flag = true }
        return !flag
    }

    private static func list(_ value: String) -> [String] {
        value.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
            let start = part.drop(while: isBlank)
            let end = start.lastIndex { !isBlank($0) }
            return end.map { start[...$0].lowercased() } ?? ""
        }
    }
}

/// The value of `Host`: `uri-host [":" port]` (RFC 9110, 7.2; RFC 3986, 3.2.2).
enum HostField {
    /// Whether the value is a host, with or without a port; an empty one is not looked at here.
    static func isValid(_ value: String) -> Bool {
        var bytes = Array(value.utf8)[...]
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = bytes[bytes.startIndex + 1..<end]
            guard address.count >= 2, address.allSatisfy(isAddressByte) else { return false }
            bytes = bytes[(end + 1)...]
        } else {
            let name = bytes.prefix { $0 != UInt8(ascii: ":") }
            guard !name.isEmpty, isName(name) else { return false }
            bytes = bytes[name.endIndex...]
        }
        guard let colon = bytes.popFirst() else { return true }
        return colon == UInt8(ascii: ":") && bytes.count <= 5 && bytes.allSatisfy(isDigit)
    }

    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst(), let low = rest.popFirst(), isHex(high), isHex(low) else {
                    return false
                }
            } else if !isNameByte(byte) {
                return false
            }
        }
        return true
    }

    /// Unreserved characters and sub-delimiters of RFC 3986.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: isDigit(byte) || "-._~!$&'()*+,;=".utf8.contains(byte)
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        isHex(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
