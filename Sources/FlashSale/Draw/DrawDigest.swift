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

    /// The first eight bytes, as a number that is the same on this machine only.
    var beginning: UInt64 { first }

    /// The bytes in their order.
    public var bytes: [UInt8] { Swift.withUnsafeBytes(of: self) { Array($0) } }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }
}

extension DrawDigest {
    /// SHA-256 of all parts, one behind the other.
    static func hash(_ parts: [UInt8]...) -> DrawDigest {
        parts.count == 1 ? parts[0].withUnsafeBytes { hash($0) } : hash(Array(parts.joined()))
    }

    /// SHA-256 of some bytes.
    static func hash(_ bytes: UnsafeRawBufferPointer) -> DrawDigest {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return hash.finalize().withUnsafeBytes { Self(loading: $0) }
    }
}

// Millions of these are written and read with a roster.
extension DrawDigest {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Writes 64 lower-case hexadecimal digits.
    func writeDigits(to text: inout [UInt8]) {
        Swift.withUnsafeBytes(of: self) { bytes in
            for byte in bytes {
                text.append(Self.digits[Int(byte >> 4)])
                text.append(Self.digits[Int(byte & 0xF)])
            }
        }
    }

    /// Reads 64 lower-case hexadecimal digits; nil for anything else.
    init?(digits text: UnsafeRawBufferPointer) {
        guard text.count == 2 * Self.byteCount else { return nil }
        let value: DrawDigest? = withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 8) { bytes in
            var isGood = true
            for index in 0..<Self.byteCount {
                let high = Self.values[Int(text[2 * index])]
                let low = Self.values[Int(text[2 * index + 1])]
                isGood = isGood && high < 16 && low < 16
                bytes[index] = high << 4 | low & 0xF
            }
            return isGood ? Self(loading: UnsafeRawBufferPointer(bytes)) : nil
        }
        guard let value else { return nil }
        self = value
    }

    /// What each byte is worth as a digit; 255 for one that is none.
    private static let values: [UInt8] = (0..<256).map { byte in
        UInt8(digits.firstIndex(of: UInt8(byte)) ?? 255)
    }
}
