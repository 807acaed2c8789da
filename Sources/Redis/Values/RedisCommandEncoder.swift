public import NIOCore

/// Writes one command into a connection's buffer, piece by piece and without a value for each piece.
public struct RedisCommandEncoder: ~Copyable {
    var buffer: ByteBuffer

    init(_ buffer: consuming ByteBuffer) { self.buffer = buffer }

    /// Some pieces of a command that are the same each time.
    public static func pieces(_ pieces: [String]) -> ByteBuffer {
        var buffer = ByteBuffer()
        for piece in pieces { buffer.writeBulk(piece) }
        return buffer
    }

    /// Begins the command: so many pieces have to follow.
    public mutating func begin(count: Int) { buffer.writeHeader(UInt8(ascii: "*"), count) }

    /// Writes what ``pieces(_:)`` has made.
    public mutating func write(_ encoded: ByteBuffer) { buffer.writeImmutableBuffer(encoded) }

    /// Writes one piece.
    public mutating func write(_ text: String) { buffer.writeBulk(text) }

    /// Writes one piece that has three parts.
    public mutating func write(_ first: StaticString, _ second: String, _ third: ByteBuffer) {
        buffer.writeHeader(
            UInt8(ascii: "$"),
            first.utf8CodeUnitCount + second.utf8.count + third.readableBytes
        )
        buffer.writeStaticString(first)
        buffer.writeString(second)
        buffer.writeImmutableBuffer(third)
        buffer.writeLineEnd()
    }

    /// Writes one piece of decimal digits.
    public mutating func write(_ value: Int64) { buffer.writeBulk(value) }

    consuming func finish() -> ByteBuffer { buffer }
}
