import FlashSale
import HTTPTypes

/// A request as it lies in the bytes that were read, when there is no doubt about them.
///
/// This is no parser of HTTP: it knows the plain spelling that nearly all clients use, and leaves every other one, right or
/// wrong, to the parser behind it. So nothing is refused here, and no two parsers can disagree about where a request ends.
struct FastRequest {
    /// What the first bytes of a connection, or those behind a request, are.
    enum Reading {
        /// Anything that is not plain: an odd spelling, a body of unknown length.
        case unclear
        /// The beginning of what may become a plain request.
        case incomplete
        /// A plain request; its body may not be there yet.
        case plain(FastRequest)
    }

    enum Method {
        case get
        case post
        case other
    }

    /// The bytes that begin with the request: good only while it is being looked at.
    let bytes: UnsafeRawBufferPointer
    private(set) var method = Method.other
    /// Path and query.
    private(set) var target = 0..<0
    /// Whether the request has what only the long way knows: a query, a coded body, a field twice.
    private(set) var needsLongWay = false
    /// The value of `X-Request-Id`.
    private(set) var requestID: Range<Int>?
    /// The value of `If-None-Match`.
    private(set) var ifNoneMatch: Range<Int>?
    /// What stands in place of the route's parameters.
    var parameters: (Range<Int>, Range<Int>) = (0..<0, 0..<0)
    private var contentLength: Int?
    private var hostCount = 0
    private var headEnd = 0
    private var hasContentType = false
    /// Whether the bytes ended where a plain head would go on.
    private var hasRunOut = false

    /// How many bytes the request has, those among them that are still to come.
    var length: Int { headEnd + bodyLength }

    /// How many bytes the body has.
    var bodyLength: Int { contentLength ?? 0 }

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Reads a request's head.
    ///
    /// - Parameters:
    ///   - bytes: What was read.
    ///   - headLimit: The most bytes of a head that is looked at here.
    static func read(_ bytes: UnsafeRawBufferPointer, headLimit: Int) -> Reading {
        var request = FastRequest(bytes)
        let end = min(bytes.count, headLimit)
        guard let start = request.readRequestLine(end) else { return request.failure(end, headLimit) }
        var position = start
        for _ in 0...mostFields {
            guard position < end else { return request.ranOut(end, headLimit) }
            if bytes[position] == cr {
                guard position + 1 < end else { return request.ranOut(end, headLimit) }
                guard bytes[position + 1] == lf, request.hostCount == 1 else { return .unclear }
                request.headEnd = position + 2
                if request.method == .get, request.contentLength ?? 0 > 0 { request.needsLongWay = true }
                return .plain(request)
            }
            guard let next = request.readField(position, end) else { return request.failure(end, headLimit) }
            position = next
        }
        return .unclear
    }

    private func failure(_ end: Int, _ limit: Int) -> Reading { hasRunOut ? ranOut(end, limit) : .unclear }

    /// More bytes help only where more of them would be looked at.
    private func ranOut(_ end: Int, _ limit: Int) -> Reading { end < limit ? .incomplete : .unclear }

    private static let mostFields = 32
    private static let cr = UInt8(ascii: "\r")
    private static let lf = UInt8(ascii: "\n")
    private static let blank = UInt8(ascii: " ")
}

extension FastRequest {
    /// The bytes of a part as text.
    func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    /// The body; all of it is there when a route is asked.
    var body: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[headEnd..<length]) }

    /// The product that the path's first parameter names.
    var product: ProductID? { ProductID(text: text(parameters.0)) }

    /// The user that the path's second parameter names, written without an escape.
    var user: UserID? { try? UserID(text(parameters.1)) }
}

// MARK: - Reading

extension FastRequest {
    /// - Returns: Where the header fields begin; nil when the line is not plain, or not whole.
    private mutating func readRequestLine(_ end: Int) -> Int? {
        var position = 0
        while position < end, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[position]) { position += 1 }
        guard position < end else {
            hasRunOut = true
            return nil
        }
        guard position > 0, bytes[position] == Self.blank else { return nil }
        if starts(0, with: "GET ", end) {
            method = .get
        } else if starts(0, with: "POST ", end) {
            method = .post
        } else if starts(0, with: "CONNECT ", end) {
            // Changes what follows.
            return nil
        }
        position += 1
        let start = position
        guard position < end else {
            hasRunOut = true
            return nil
        }
        guard bytes[position] == UInt8(ascii: "/") else { return nil }
        while position < end, bytes[position] > Self.blank, bytes[position] < 0x7F {
            if bytes[position] == UInt8(ascii: "?") { needsLongWay = true }
            position += 1
        }
        target = start..<position
        return skip(" HTTP/1.1\r\n", at: position, end)
    }

    /// - Returns: Where the text ends; nil when something else stands there, or not all of it has come.
    private mutating func skip(_ text: StaticString, at start: Int, _ end: Int) -> Int? {
        for index in 0..<text.utf8CodeUnitCount {
            guard start + index < end else {
                hasRunOut = true
                return nil
            }
            guard bytes[start + index] == text.utf8Start[index] else { return nil }
        }
        return start + text.utf8CodeUnitCount
    }

    /// - Returns: Where the next line begins; nil when the field is not plain, changes how the request is read, or is not whole.
    private mutating func readField(_ start: Int, _ end: Int) -> Int? {
        var position = start
        while position < end, Self.isNameByte(bytes[position]) { position += 1 }
        let name = start..<position
        guard position < end else {
            hasRunOut = true
            return nil
        }
        guard !name.isEmpty, bytes[position] == UInt8(ascii: ":") else { return nil }
        position += 1
        while position < end, bytes[position] == Self.blank { position += 1 }
        let valueStart = position
        while position < end, bytes[position] >= Self.blank, bytes[position] < 0x7F { position += 1 }
        guard let next = skip("\r\n", at: position, end) else { return nil }
        var valueEnd = position
        while valueEnd > valueStart, bytes[valueEnd - 1] == Self.blank { valueEnd -= 1 }
        return take(name, valueStart..<valueEnd) ? next : nil
    }

    /// - Returns: Whether the field leaves no doubt about where the request ends, and what becomes of the connection.
    private mutating func take(_ name: Range<Int>, _ value: Range<Int>) -> Bool {
        switch name.count {
        case 4 where equals(name, "host"):
            hostCount += 1
            return isPlainHost(value)
        case 6 where equals(name, "expect"), 7 where equals(name, "upgrade"): return false
        case 10 where equals(name, "connection"): return equals(value, "keep-alive")
        case 12 where equals(name, "content-type"):
            if hasContentType || !equals(value, "application/json") { needsLongWay = true }
            hasContentType = true
        case 12 where equals(name, "x-request-id"):
            if requestID != nil { needsLongWay = true }
            requestID = value
        case 13 where equals(name, "if-none-match"):
            if ifNoneMatch != nil { needsLongWay = true }
            ifNoneMatch = value
        case 14 where equals(name, "content-length"):
            guard contentLength == nil, let length = digits(value) else { return false }
            contentLength = length
        case 16 where equals(name, "content-encoding"): needsLongWay = true
        case 17 where equals(name, "transfer-encoding"): return false
        default: break
        }
        return true
    }

    /// Letters, digits, `.` and `-`, and perhaps a port: ``HostField`` knows more, and takes all of these.
    private func isPlainHost(_ range: Range<Int>) -> Bool {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1] &- UInt8(ascii: "0") < 10 { end -= 1 }
        let hasPort = end > range.lowerBound && bytes[end - 1] == UInt8(ascii: ":")
        guard !hasPort || range.upperBound - end <= 5 else { return false }
        let name = range.lowerBound..<(hasPort ? end - 1 : range.upperBound)
        return !name.isEmpty
            && name.allSatisfy { index in
                let byte = bytes[index]
                return byte != UInt8(ascii: "_") && (Self.isNameByte(byte) || byte == UInt8(ascii: "."))
            }
    }

    /// At most six digits: more than that no body may have.
    private func digits(_ range: Range<Int>) -> Int? {
        guard (1...6).contains(range.count) else { return nil }
        var value = 0
        for index in range {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    private func starts(_ start: Int, with text: StaticString, _ end: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard start + count <= end else { return false }
        for index in 0..<count where bytes[start + index] != text.utf8Start[index] { return false }
        return true
    }

    /// Whether a part is this text, which has lower-case letters, digits, `-` and `/` only.
    private func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<range.count {
            let byte = bytes[range.lowerBound + index]
            let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            guard (isUpper ? byte | 0x20 : byte) == text.utf8Start[index] else { return false }
        }
        return true
    }

    /// The bytes of header names that clients use; a token of RFC 9110 may have a few more.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

@available(*, unavailable)
extension FastRequest: Sendable {}
