import NIOCore

extension ByteBuffer {
    /// Appends a command as an array of bulk strings (https://redis.io/docs/reference/protocol-spec).
    mutating func writeCommand(_ command: RedisCommand) {
        let headCount: Int
        switch command.head {
        case .name: headCount = 1
        case .cachedScript, .scriptSource: headCount = 3
        case .encoded(let bytes):
            writeImmutableBuffer(bytes)
            return
        }
        writeHeader(UInt8(ascii: "*"), headCount + command.keys.count + command.arguments.count)
        switch command.head {
        case .name(let name):
            writeBulk(name)
        case .cachedScript(let script):
            writeBulk("EVALSHA")
            writeBulk(script.sha1)
            writeBulk(Int64(command.keys.count))
        case .scriptSource(let script):
            writeBulk("EVAL")
            writeBulk(script.source)
            writeBulk(Int64(command.keys.count))
        case .encoded: break
        }
        for key in command.keys {
            writeBulk(key)
        }
        for argument in command.arguments {
            switch argument.storage {
            case .text(let text): writeBulk(text)
            case .bytes(let bytes): writeBulk(bytes)
            case .integer(let value): writeBulk(value)
            }
        }
    }

    mutating func writeBulk(_ text: String) {
        writeHeader(UInt8(ascii: "$"), text.utf8.count)
        writeString(text)
        writeLineEnd()
    }

    private mutating func writeBulk(_ bytes: [UInt8]) {
        writeHeader(UInt8(ascii: "$"), bytes.count)
        writeBytes(bytes)
        writeLineEnd()
    }

    mutating func writeBulk(_ value: Int64) {
        writeHeader(UInt8(ascii: "$"), value.decimalCount)
        writeDecimal(value)
        writeLineEnd()
    }

    mutating func writeHeader(_ marker: UInt8, _ count: Int) {
        writeInteger(marker)
        writeDecimal(Int64(count))
        writeLineEnd()
    }

    mutating func writeLineEnd() {
        writeInteger(0x0D0A as UInt16)
    }

    /// Writes digits in place: a `String` for each length would be half the cost of a small command.
    private mutating func writeDecimal(_ value: Int64) {
        let count = value.decimalCount
        writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            var rest = value.magnitude
            for index in stride(from: count - 1, through: 0, by: -1) {
                bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            if value < 0 { bytes[0] = UInt8(ascii: "-") }
            return count
        }
    }
}

extension Int64 {
    /// The digits, and the sign if there is one.
    fileprivate var decimalCount: Int {
        var count = self < 0 ? 2 : 1
        var rest = magnitude / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        return count
    }
}
