import NIOCore

/// Finds where a blank line ends, in bytes that come in portions.
///
/// A head ends behind a blank line, and so does a body in chunks; a blank line may also stand within a chunk, where nothing
/// ends. NIO's parser is given no byte behind a blank line before it has said what follows.
struct BlankLines {
    /// What of the present line has come.
    private enum Line {
        case nothing
        case carriageReturn
        case text
    }

    private var line = Line.text

    /// How many bytes there are up to the end of the first blank line; all of them when there is none.
    mutating func prefix(of bytes: ByteBuffer) -> Int {
        bytes.withUnsafeReadableBytes { bytes in
            for (index, byte) in bytes.enumerated() {
                switch (byte, line) {
                case (UInt8(ascii: "\n"), .text): line = .nothing
                case (UInt8(ascii: "\n"), _):
                    line = .text
                    return index + 1
                case (UInt8(ascii: "\r"), .nothing): line = .carriageReturn
                default: line = .text
                }
            }
            return bytes.count
        }
    }
}
