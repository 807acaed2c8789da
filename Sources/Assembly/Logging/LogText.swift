/// Writing text that came from outside into a line, so that it can neither end the line nor steer a terminal.
enum LogText {
    /// What is longer is cut, with a mark: one message must not fill the disk.
    static let maximumLength = 16_384

    /// Appends `text` in double quotes, as JSON has it (RFC 8259, section 7).
    static func appendJSON(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        appendEscaped(text, quotes: true, to: &line)
        line.append(UInt8(ascii: "\""))
    }

    /// Appends `text` with its control characters escaped.
    static func appendPlain(_ text: String, to line: inout [UInt8]) {
        appendEscaped(text, quotes: false, to: &line)
    }

    /// Appends `text` as the value of `key=`: in quotes where its end or its beginning would not be clear without.
    static func appendValue(_ text: String, to line: inout [UInt8]) {
        let isClear =
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
        if isClear {
            appendPlain(text, to: &line)
        } else {
            appendJSON(text, to: &line)
        }
    }

    private static func appendEscaped(_ text: String, quotes: Bool, to line: inout [UInt8]) {
        let end = line.count + maximumLength
        for scalar in text.unicodeScalars {
            guard line.count < end else {
                line.append(contentsOf: "…".utf8)
                return
            }
            switch scalar {
            case "\n": line.append(contentsOf: "\\n".utf8)
            case "\r": line.append(contentsOf: "\\r".utf8)
            case "\t": line.append(contentsOf: "\\t".utf8)
            case "\"" where quotes: line.append(contentsOf: "\\\"".utf8)
            // Outside quotes as well: else a written-out `\n` could not be told from an escaped line break.
            case "\\": line.append(contentsOf: "\\\\".utf8)
            case _ where isUnsafe(scalar): appendCode(scalar.value, to: &line)
            default: line.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }

    /// Control characters; marks that reorder the text around them; line and paragraph separators.
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
        default: false
        }
    }

    private static func appendCode(_ value: UInt32, to line: inout [UInt8]) {
        let hexadecimal = String(value, radix: 16)
        line.append(contentsOf: "\\u".utf8)
        for _ in hexadecimal.utf8.count..<4 { line.append(UInt8(ascii: "0")) }
        line.append(contentsOf: hexadecimal.utf8)
    }
}
