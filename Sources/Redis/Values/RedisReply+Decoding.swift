/// Typed access. Each function throws ``RedisError`` with the code `.unexpectedReply` for a reply of another kind, and
/// with the code `.server` for an error reply.
extension RedisReply {
    /// The bytes of a string or status.
    public func bytes() throws -> [UInt8] {
        switch self {
        case .string(let bytes): return bytes
        case .status(let text): return Array(text.utf8)
        default: throw mismatch(expected: "a string")
        }
    }

    /// The text of a string or status; bytes that are not UTF-8 are unexpected.
    public func string() throws -> String {
        switch self {
        case .status(let text):
            return text
        case .string(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw mismatch(expected: "a string in UTF-8")
            }
            return text
        default:
            throw mismatch(expected: "a string")
        }
    }

    /// The number of an integer reply.
    public func integer() throws -> Int64 {
        guard case .integer(let value) = self else { throw mismatch(expected: "an integer") }
        return value
    }

    /// The elements of an array; an element may be an error.
    public func array() throws -> [RedisReply] {
        guard case .array(let elements) = self else { throw mismatch(expected: "an array") }
        return elements
    }

    /// The bytes of a string or status, or `nil` for null.
    public func optionalBytes() throws -> [UInt8]? {
        self == .null ? nil : try bytes()
    }

    /// The text of a string or status, or `nil` for null.
    public func optionalString() throws -> String? {
        self == .null ? nil : try string()
    }

    /// The number of an integer reply, or `nil` for null.
    public func optionalInteger() throws -> Int64? {
        self == .null ? nil : try integer()
    }

    /// The elements of an array, or `nil` for null.
    public func optionalArray() throws -> [RedisReply]? {
        self == .null ? nil : try array()
    }

    private func mismatch(expected: String) -> RedisError {
        if case .error(let error) = self {
            return RedisError(error)
        }
        return RedisError(.unexpectedReply, "expected \(expected), found \(kind)")
    }

    /// What the reply is, without its content: that may be a user's, and of any size.
    private var kind: String {
        switch self {
        case .string(let bytes): "a string of \(bytes.count) bytes"
        case .status(let text): "a status of \(text.utf8.count) bytes"
        case .integer: "an integer"
        case .null: "null"
        case .array(let elements): "an array of \(elements.count) elements"
        case .error: "an error"
        }
    }
}
