extension StrictJSON.Parser {
    /// The rest of a string whose opening quote was taken.
    mutating func string() throws(StrictJSON.Failure) -> String {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return String(decoding: bytes[start..<position], as: UTF8.self)
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw failure("A string has a control character that is not escaped")
            default: position += 1
            }
        }
        throw failure("A string has no end")
    }

    /// The slow way, for strings with an escape in them; what lies before it starts at `start`.
    private mutating func escapedString(from start: Int) throws(StrictJSON.Failure) -> String {
        var text = Array(bytes[start..<position])
        while let byte = next() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try appendEscape(to: &text)
            case 0..<0x20: throw failure("A string has a control character that is not escaped")
            default: text.append(byte)
            }
        }
        throw failure("A string has no end")
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(StrictJSON.Failure) {
        switch next() {
        case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): text.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try unicodeScalar()).utf8)
        default: throw failure("A string has an escape that JSON does not know")
        }
    }

    /// What follows `\u`: four digits, or two surrogates with another `\u` between them.
    private mutating func unicodeScalar() throws(StrictJSON.Failure) -> Character {
        let unit = try fourHexDigits()
        if let scalar = Unicode.Scalar(unit) { return Character(scalar) }
        guard (0xD800..<0xDC00).contains(unit), take("\\"), take("u") else {
            throw failure("A string has half of a surrogate pair")
        }
        let low = try fourHexDigits()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        else { throw failure("A string has half of a surrogate pair") }
        return Character(scalar)
    }

    private mutating func fourHexDigits() throws(StrictJSON.Failure) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure("A string has an escape that JSON does not know")
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// A number as RFC 8259 spells it: no sign but `-`, no leading zero.
    mutating func number() throws(StrictJSON.Failure) -> StrictJSON.Value {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        var isInteger = true
        if take(".") {
            isInteger = false
            try digits()
        }
        if take("e") || take("E") {
            isInteger = false
            _ = take("+") || take("-")
            try digits()
        }
        guard isInteger else { return .fraction }
        return Int64(String(decoding: bytes[start..<position], as: UTF8.self)).map { .integer($0) } ?? .hugeInteger
    }

    private mutating func digits() throws(StrictJSON.Failure) {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        guard position > start else { throw failure("A digit is missing") }
    }
}
