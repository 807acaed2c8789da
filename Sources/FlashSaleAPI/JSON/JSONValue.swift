import NIOCore

/// A JSON document as a value, written as literals; members keep their order.
///
/// For documents that are built once.
enum JSONValue: Hashable, Sendable {
    /// One member of an object.
    struct Member: Hashable, Sendable {
        var name: String
        var value: JSONValue
    }

    case string(String)
    case integer(Int64)
    case boolean(Bool)
    case array([JSONValue])
    case object([Member])

    /// An object without the members whose value is nil.
    static func object(compacting members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }

    /// The document's bytes.
    func serialized() -> ByteBuffer {
        JSONWriter.object(capacity: 4_096) { writer in
            guard case .object(let members) = self else { preconditionFailure("a document is an object") }
            Self.write(members, to: &writer)
        }
    }

    private static func write(_ members: [Member], to writer: inout JSONWriter) {
        for member in members {
            writer.key(text: member.name)
            member.value.write(to: &writer)
        }
    }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .string(let text): writer.value(text)
        case .integer(let number): writer.value(number)
        case .boolean(let flag): writer.value(flag)
        case .array(let elements):
            writer.array { writer in
                for element in elements { element.write(to: &writer) }
            }
        case .object(let members): writer.object { Self.write(members, to: &$0) }
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSONValue: ExpressibleByBooleanLiteral {
    init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension JSONValue: ExpressibleByArrayLiteral {
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }
}
