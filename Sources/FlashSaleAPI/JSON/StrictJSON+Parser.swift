extension StrictJSON {
    /// A recursive descent over bytes that are known to be UTF-8; its recursion ends at ``StrictJSON/maximumDepth``.
    struct Parser {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        /// The whole body.
        mutating func document() throws(Failure) -> [Member] {
            guard String(validating: bytes, as: UTF8.self) != nil else { throw failure("The body is not UTF-8") }
            skipBlanks()
            guard position < bytes.count else { throw failure("The body is empty") }
            guard take("{") else { throw failure("The body is not a JSON object") }
            let members = try topLevelMembers()
            skipBlanks()
            guard position == bytes.count else { throw failure("Something follows the JSON object") }
            return members
        }

        private mutating func topLevelMembers() throws(Failure) -> [Member] {
            var members: [Member] = []
            skipBlanks()
            if take("}") { return members }
            repeat {
                skipBlanks()
                let start = position
                let name = try self.name()
                // Bytes are compared: String's == would take two spellings of one accented letter as equal.
                guard !members.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
                    throw Failure(problem: "The field '\(name.excerpt)' appears twice", offset: start)
                }
                guard members.count < StrictJSON.maximumMembers else {
                    throw failure("The body has more than \(StrictJSON.maximumMembers) fields")
                }
                members.append(Member(name: name, value: try value(depth: 2)))
                skipBlanks()
            } while take(",")
            guard take("}") else { throw failure("A ',' or '}' is missing") }
            return members
        }

        /// A member's name and the colon behind it.
        private mutating func name() throws(Failure) -> String {
            guard take("\"") else { throw failure("The name of a field is missing") }
            let name = try string()
            skipBlanks()
            guard take(":") else { throw failure("A ':' is missing") }
            return name
        }

        /// - Parameter depth: The depth that an array or object here would have.
        private mutating func value(depth: Int) throws(Failure) -> Value {
            skipBlanks()
            guard position < bytes.count else { throw failure("The body ends too early") }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return .string(try string())
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
            case UInt8(ascii: "["):
                try nested(depth: depth, isObject: false)
                return .array
            case UInt8(ascii: "{"):
                try nested(depth: depth, isObject: true)
                return .object
            case UInt8(ascii: "t"): return try literal("true", .boolean(true))
            case UInt8(ascii: "f"): return try literal("false", .boolean(false))
            case UInt8(ascii: "n"): return try literal("null", .null)
            default: throw failure("A value is missing")
            }
        }

        private mutating func literal(_ text: String, _ value: Value) throws(Failure) -> Value {
            guard bytes[position...].starts(with: text.utf8) else { throw failure("A value is missing") }
            position += text.utf8.count
            return value
        }

        /// Checks an array or object below the top, and forgets it.
        private mutating func nested(depth: Int, isObject: Bool) throws(Failure) {
            guard depth <= StrictJSON.maximumDepth else {
                throw failure("The body nests deeper than \(StrictJSON.maximumDepth)")
            }
            position += 1
            let end: Unicode.Scalar = isObject ? "}" : "]"
            skipBlanks()
            if take(end) { return }
            repeat {
                skipBlanks()
                if isObject { _ = try name() }
                _ = try value(depth: depth + 1)
                skipBlanks()
            } while take(",")
            guard take(end) else { throw failure("A ',' or '\(end)' is missing") }
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        /// Takes one byte whatever it is; nil at the end.
        mutating func next() -> UInt8? {
            guard position < bytes.count else { return nil }
            defer { position += 1 }
            return bytes[position]
        }

        mutating func skipBlanks() {
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): position += 1
                default: return
                }
            }
        }

        func failure(_ problem: String) -> Failure { Failure(problem: problem, offset: position) }
    }
}
