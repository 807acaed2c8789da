/// A reply in version 2 of the Redis protocol (https://redis.io/docs/reference/protocol-spec).
public enum RedisReply: Sendable, Equatable {
    /// A bulk string: any bytes.
    case string([UInt8])
    /// A simple string such as `OK`.
    case status(String)
    /// A 64-bit signed integer.
    case integer(Int64)
    /// An absent string or array.
    case null
    /// An array, whose elements may be errors.
    case array([RedisReply])
    /// An error of one command, in an array or in a pipeline.
    case error(RedisServerError)
}

/// An error as Redis words it: `-WRONGTYPE Operation against …` has the code `WRONGTYPE`.
public struct RedisServerError: Sendable, Equatable {
    /// The first word, such as `ERR`, `OOM`, `NOSCRIPT`, `READONLY` or `WRONGTYPE`.
    public let code: String
    /// The rest of the line.
    public let message: String

    /// Creates an error from its two parts.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// Splits an error line, without its leading `-`.
    init(line: String) {
        let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(code: String(parts[0]), message: parts.count > 1 ? String(parts[1]) : "")
    }
}

extension RedisServerError: CustomStringConvertible {
    /// The line as Redis sent it.
    public var description: String { message.isEmpty ? code : "\(code) \(message)" }
}
