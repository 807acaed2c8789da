internal import Crypto

/// 32 bytes: what SHA-256 makes of a text, or as many random bytes.
///
/// Kept as four words, so that a million of them are one block of memory.
public struct DrawDigest: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes a digest has.
    public static let byteCount = 32

    // The bytes in their order, whatever the machine's order of bytes is.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// A digest from its bytes; nil unless there are ``byteCount`` of them.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self = bytes.withUnsafeBytes { Self(loading: $0) }
    }

    /// A digest from 64 lower-case hexadecimal digits; nil for anything else.
    public init?(hex text: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(text) else { return nil }
        self.init(bytes)
    }

    /// A digest from the first bytes of at least ``byteCount``.
    init(loading bytes: UnsafeRawBufferPointer) {
        first = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        third = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        fourth = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    }

    /// The bytes in their order.
    public var bytes: [UInt8] { Swift.withUnsafeBytes(of: self) { Array($0) } }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }
}

extension DrawDigest {
    /// SHA-256 of all parts, one behind the other.
    static func hash(_ parts: [UInt8]...) -> DrawDigest {
        var hash = SHA256()
        for part in parts { hash.update(data: part) }
        return DrawDigest(hash.finalize())
    }

    init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { Self(loading: $0) }
    }
}
