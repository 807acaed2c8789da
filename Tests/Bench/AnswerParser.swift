import NIOCore

/// An answer that this client does not understand, in words.
struct BadAnswer: Error {
    let reason: String
}

/// Cuts what a server sends into answers: status and end, no more.
///
/// Answers have to carry Content-Length.
struct AnswerParser {
    /// The most bytes of an answer: ours have less than 2 KB.
    private static let maximumBytes = 65_536
    private static let headEnd: [UInt8] = Array("\r\n\r\n".utf8)
    private static let lengthName: [UInt8] = Array("\r\ncontent-length:".utf8)

    private var buffer = ByteBuffer()

    mutating func append(_ bytes: ByteBuffer) {
        buffer.writeImmutableBuffer(bytes)
    }

    /// The status of the next whole answer; nil while it is incomplete.
    mutating func next() throws(BadAnswer) -> Int? {
        let view = buffer.readableBytesView
        guard let head = Self.offset(of: Self.headEnd, in: view) else { return try incomplete() }
        guard let status = Self.number(view.dropFirst(9).prefix(3)) else {
            throw BadAnswer(reason: "no status line")
        }
        let lines = view.prefix(head + 2)
        guard let name = Self.offset(of: Self.lengthName, in: lines) else {
            throw BadAnswer(reason: "no Content-Length")
        }
        let digits = lines.dropFirst(name + Self.lengthName.count).drop { $0 == UInt8(ascii: " ") }
        guard let length = Self.number(digits.prefix { $0 != UInt8(ascii: "\r") }) else {
            throw BadAnswer(reason: "a Content-Length that is no number")
        }
        let total = head + Self.headEnd.count + length
        guard view.count >= total else { return try incomplete() }
        buffer.moveReaderIndex(forwardBy: total)
        buffer.discardReadBytes()
        return status
    }

    private func incomplete() throws(BadAnswer) -> Int? {
        guard buffer.readableBytes <= Self.maximumBytes else { throw BadAnswer(reason: "an answer without end") }
        return nil
    }

    private static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...9).contains(digits.count) else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }

    /// Where `pattern`, in lower case, begins, whatever the case of `bytes`.
    private static func offset(of pattern: [UInt8], in bytes: ByteBufferView) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard bytes.count >= pattern.count else { return nil }
            return (0...bytes.count - pattern.count).first { start in
                pattern.indices.allSatisfy { index in
                    let byte = bytes[start + index]
                    let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    return (isUpper ? byte | 0x20 : byte) == pattern[index]
                }
            }
        }
    }
}
