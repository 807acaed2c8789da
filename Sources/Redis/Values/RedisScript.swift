internal import Crypto

/// A Lua script, run by ``RedisClient/evaluate(_:keys:_:)``.
public struct RedisScript: Sendable {
    /// A name for people; Redis does not see it.
    public let name: String
    /// The script's text.
    public let source: String
    /// The SHA-1 of ``source`` in lowercase hexadecimal digits, by which Redis knows the script.
    public let sha1: String

    /// Creates a script and computes its ``sha1``.
    public init(name: String, source: String) {
        self.name = name
        self.source = source
        var hash = Insecure.SHA1()
        var source = source
        source.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        sha1 = hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
