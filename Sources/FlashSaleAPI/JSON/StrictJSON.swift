/// Reads a request body: one flat JSON object (RFC 8259), nothing before it, nothing behind it, no name twice.
///
/// Foundation's decoder accepts what must not get past us (`1.0` and `1e0` as integers, the last of two equal names),
/// and it is a good part of the cost of a small request.
enum StrictJSON {
    /// How deep arrays and objects may nest, the body's own object included.
    static let maximumDepth = 16
    /// The most members that a body may have: the search for names that appear twice is quadratic.
    static let maximumMembers = 32

    /// What a member holds.
    ///
    /// Numbers other than 64-bit integers, arrays and objects are checked, and not kept.
    enum Value: Hashable, Sendable {
        case string(String)
        case integer(Int64)
        /// An integer of JSON that 64 bits can't hold.
        case hugeInteger
        /// A number with a point or an exponent.
        case fraction
        case boolean(Bool)
        case null
        case array
        case object
    }

    /// One member of the body.
    struct Member: Hashable, Sendable {
        var name: String
        var value: Value
    }

    /// Why the bytes are not such an object.
    struct Failure: Error, Hashable, CustomStringConvertible {
        /// What is wrong, as a whole sentence without its point.
        var problem: String
        /// The byte, counted from 0, at which it went wrong.
        var offset: Int

        var description: String { "\(problem) (at byte \(offset))." }
    }

    /// The members in the order of the body.
    static func members(of bytes: [UInt8]) throws(Failure) -> [Member] {
        var parser = Parser(bytes: bytes)
        return try parser.document()
    }
}

extension StrictJSON.Value {
    /// What the value is, as the end of a sentence: "… is a string".
    var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "a number"
        case .hugeInteger: "a number outside of 64 bits"
        case .fraction: "a number with a point or an exponent"
        case .boolean(let flag): flag ? "true" : "false"
        case .null: "null"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
