/// A JSON document (RFC 8259) whose fields keep their order: scripts see the same text for the same data.
indirect enum JSONOutput: Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONOutput])
    case object([Field])

    /// A name and its value.
    struct Field: Equatable {
        let name: String
        let value: JSONOutput
    }

    /// Indented by two blanks a level.
    var rendered: String { text(indentation: "") }

    private func text(indentation: String) -> String {
        let inner = indentation + "  "
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .string(let value): return Self.quoted(value)
        case .array(let values):
            guard !values.isEmpty else { return "[]" }
            let lines = values.map { inner + $0.text(indentation: inner) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indentation)]"
        case .object(let fields):
            guard !fields.isEmpty else { return "{}" }
            let lines = fields.map { "\(inner)\(Self.quoted($0.name)): \($0.value.text(indentation: inner))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indentation)}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension JSONOutput: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
    init(dictionaryLiteral elements: (String, JSONOutput)...) {
        self = .object(elements.map { Field(name: $0.0, value: $0.1) })
    }

    init(arrayLiteral elements: JSONOutput...) { self = .array(elements) }

    init(stringLiteral value: String) { self = .string(value) }
}

extension JSONOutput {
    /// A number, or null.
    init(_ value: (some BinaryInteger)?) { self = value.map { .integer(Int64($0)) } ?? .null }

    /// A text, or null.
    init(_ value: String?) { self = value.map { .string($0) } ?? .null }
}
