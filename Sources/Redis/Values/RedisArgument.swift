/// One argument of a command: text, bytes or an integer.
///
/// It is sent with its length, so it may hold anything.
public struct RedisArgument: Sendable, Equatable {
    enum Storage: Sendable, Equatable {
        case text(String)
        case bytes([UInt8])
        case integer(Int64)
    }

    let storage: Storage

    /// An argument of text, in UTF-8.
    public init(_ text: String) {
        storage = .text(text)
    }

    /// An argument of any bytes.
    public init(_ bytes: [UInt8]) {
        storage = .bytes(bytes)
    }

    /// An integer in decimal digits.
    public init(_ value: some BinaryInteger) {
        storage = Int64(exactly: value).map(Storage.integer) ?? .text(String(value))
    }
}

extension RedisArgument: ExpressibleByStringInterpolation {
    /// An argument of text.
    public init(stringLiteral text: String) {
        self.init(text)
    }
}

extension RedisArgument: ExpressibleByIntegerLiteral {
    /// An integer in decimal digits.
    public init(integerLiteral value: Int64) {
        storage = .integer(value)
    }
}
