import FlashSale
import HTTPTypes
import Hummingbird

/// What a request asks for, as it stood in the request line.
///
/// Hummingbird's router also matches paths with doubled and trailing slashes: one thing has one address here.
struct RequestTarget {
    /// What stands before the first `?`.
    let path: Substring
    /// What stands behind it; empty when there is nothing.
    let query: Substring

    init(_ request: Request) {
        let target = request.head.path ?? ""
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        path = target[..<mark]
        query = target[mark...].dropFirst()
    }

    /// Whether the path starts with a slash and has no empty part.
    var isExact: Bool {
        if path == "/" { return true }
        var previous: UInt8?
        for byte in path.utf8 {
            if previous == nil, byte != UInt8(ascii: "/") { return false }
            if previous == UInt8(ascii: "/"), byte == UInt8(ascii: "/") { return false }
            previous = byte
        }
        return previous != UInt8(ascii: "/")
    }

    /// A parameter that we ignored would look like one that worked.
    ///
    /// - Throws: `unknown_parameter`.
    func refuseParameters(otherThan known: Set<String>) throws(Problem) {
        guard !query.isEmpty else { return }
        for part in query.split(separator: "&", omittingEmptySubsequences: false) {
            let name = String(part.prefix { $0 != "=" })
            guard !known.contains(name) else { continue }
            let choice =
                known.isEmpty ? "this path has none" : "this path has \(known.sorted().joined(separator: ", "))"
            throw Problem(.unknownParameter, "The query parameter '\(name.excerpt)' is not known: \(choice).")
        }
    }

    /// Whether the path is one of the template's, with something for each of its parameters.
    func matches(_ template: [Substring]) -> Bool {
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == template.count
            && zip(parts, template).allSatisfy { part, expected in expected.hasPrefix("{") || part == expected }
    }
}

extension BasicRequestContext {
    /// The product in the path: `{id}`, spelt in plain digits.
    ///
    /// - Throws: `product_not_found`.
    func product() throws(Problem) -> ProductID {
        guard let text = parameters["id"], let product = ProductID(text: text) else { throw .productNotFound }
        return product
    }

    /// The order that a part of the path names; a hold has the same name as the order it becomes.
    ///
    /// - Parameters:
    ///   - parameter: The part of the path.
    ///   - problem: What is thrown when the part is no such name.
    func order(_ parameter: Substring, otherwise problem: Problem) throws(Problem) -> OrderID {
        guard let text = parameters[parameter], let order = OrderID(text: text) else { throw problem }
        return order
    }

    /// The user in the path: `{user_id}`, percent-decoded once.
    ///
    /// - Throws: `invalid_field`.
    func user() throws(Problem) -> UserID {
        guard let text = parameters["user_id"].flatMap(PercentEncoding.decode) else {
            throw .invalidFields([
                InvalidValue(
                    field: "user_id",
                    problem: "is not valid percent-encoding of UTF-8",
                    remedy: "Write each byte outside of A-Z a-z 0-9 . _ @ + - as % and two hexadecimal digits"
                )
            ])
        }
        do { return try UserID(text) } catch { throw .invalidFields([error]) }
    }
}

/// Percent-encoding after RFC 3986, section 2.1.
///
/// `+` stands for itself: only forms use it for a blank.
enum PercentEncoding {
    /// The text with every escape replaced; nil when an escape is cut short or the bytes are not UTF-8.
    static func decode(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
