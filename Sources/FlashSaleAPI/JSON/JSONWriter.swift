import NIOCore

/// Writes one JSON document into a byte buffer, in one pass and without Foundation: every answer goes through it.
struct JSONWriter {
    /// What was written so far.
    private(set) var buffer: ByteBuffer
    private var needsComma = false

    private init(capacity: Int) { buffer = ByteBufferAllocator().buffer(capacity: capacity) }

    /// One object as a document.
    ///
    /// - Parameter capacity: A guess at the document's size in bytes; the buffer grows when it is too small.
    static func object(capacity: Int = 512, _ members: (inout JSONWriter) -> Void) -> ByteBuffer {
        var writer = JSONWriter(capacity: capacity)
        writer.object(members)
        return writer.buffer
    }

    /// Writes a member's name as it stands in our source; a value has to follow.
    mutating func key(_ name: StaticString) {
        buffer.writeStaticString(needsComma ? ",\"" : "\"")
        buffer.writeStaticString(name)
        buffer.writeStaticString("\":")
        needsComma = false
    }

    /// Writes a member's name that is not of our source.
    mutating func key(text name: String) {
        separate()
        writeQuoted(name)
        buffer.writeInteger(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes an object.
    mutating func object(_ members: (inout JSONWriter) -> Void) {
        open("{")
        members(&self)
        close("}")
    }

    /// Writes an array.
    mutating func array(_ elements: (inout JSONWriter) -> Void) {
        open("[")
        elements(&self)
        close("]")
    }

    /// Writes a string with the escapes that RFC 8259 asks for.
    mutating func value(_ text: String) {
        separate()
        writeQuoted(text)
    }

    /// Writes a whole number.
    mutating func value(_ number: some BinaryInteger) {
        separate()
        buffer.writeString(String(number))
    }

    /// Writes a number that is not negative, given in tenths: `25.5`, or `25` when nothing is left over.
    mutating func value(tenths: Int64) {
        separate()
        buffer.writeString(String(tenths / 10))
        if tenths % 10 != 0 { buffer.writeString(".\(tenths % 10)") }
    }

    /// Writes `true` or `false`.
    mutating func value(_ flag: Bool) {
        separate()
        buffer.writeStaticString(flag ? "true" : "false")
    }

    /// Writes `null`.
    mutating func null() {
        separate()
        buffer.writeStaticString("null")
    }

    private mutating func separate() {
        if needsComma { buffer.writeInteger(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        buffer.writeInteger(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        buffer.writeInteger(UInt8(ascii: bracket))
        needsComma = true
    }
}

extension JSONWriter {
    /// Writes a member that is a string.
    mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        value(text)
    }

    /// Writes a member that is a whole number.
    mutating func member(_ name: StaticString, _ number: some BinaryInteger) {
        key(name)
        value(number)
    }

    /// Writes a member that is a number, given in tenths.
    mutating func member(_ name: StaticString, tenths: Int64) {
        key(name)
        value(tenths: tenths)
    }

    /// Writes a member that is `true` or `false`.
    mutating func member(_ name: StaticString, _ flag: Bool) {
        key(name)
        value(flag)
    }
}

extension JSONWriter {
    private mutating func writeQuoted(_ text: String) {
        buffer.writeInteger(UInt8(ascii: "\""))
        if text.utf8.contains(where: Self.needsEscape) {
            for byte in text.utf8 { writeEscaped(byte) }
        } else {
            buffer.writeString(text)
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
        case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
        case UInt8(ascii: "\n"): buffer.writeStaticString("\\n")
        case UInt8(ascii: "\r"): buffer.writeStaticString("\\r")
        case UInt8(ascii: "\t"): buffer.writeStaticString("\\t")
        case 0..<0x20:
            buffer.writeStaticString(byte < 0x10 ? "\\u000" : "\\u001")
            buffer.writeString(String(byte & 0xF, radix: 16))
        default: buffer.writeInteger(byte)
        }
    }
}
