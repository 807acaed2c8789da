import NIOCore

/// One command: its name, the keys it touches and its arguments, sent in that order.
///
/// Keys are named apart from other arguments, so that a command can be routed by their slot. A command that blocks
/// (`BLPOP`, `WAIT`) does not fit connections that many callers share.
public struct RedisCommand: Sendable {
    /// What precedes the keys on the wire.
    enum Head: Sendable {
        case name(String)
        /// `EVALSHA sha1 numkeys`.
        case cachedScript(RedisScript)
        /// `EVAL source numkeys`.
        case scriptSource(RedisScript)
        /// All of the command.
        case encoded(ByteBuffer)
    }

    let head: Head
    let keys: [String]
    let arguments: [RedisArgument]

    init(head: Head, keys: [String], arguments: [RedisArgument]) {
        self.head = head
        self.keys = keys
        self.arguments = arguments
    }

    /// A command on one key, or on none.
    public init(_ name: String, key: String? = nil, _ arguments: [RedisArgument] = []) {
        self.init(head: .name(name), keys: key.map { [$0] } ?? [], arguments: arguments)
    }

    /// A script, run by its SHA-1.
    public init(_ script: RedisScript, keys: [String], _ arguments: [RedisArgument] = []) {
        self.init(head: .cachedScript(script), keys: keys, arguments: arguments)
    }

    /// A command that `encode` writes; no keys are named apart.
    public init(encode: (inout RedisCommandEncoder) -> Void) {
        var encoder = RedisCommandEncoder(ByteBuffer())
        encode(&encoder)
        self.init(head: .encoded(encoder.finish()), keys: [], arguments: [])
    }

    /// The command that does the same where Redis does not know the script.
    var withSource: RedisCommand {
        guard case .cachedScript(let script) = head else { return self }
        return RedisCommand(head: .scriptSource(script), keys: keys, arguments: arguments)
    }

    /// A command on several keys.
    public init(_ name: String, keys: [String], _ arguments: [RedisArgument] = []) {
        self.init(head: .name(name), keys: keys, arguments: arguments)
    }
}
