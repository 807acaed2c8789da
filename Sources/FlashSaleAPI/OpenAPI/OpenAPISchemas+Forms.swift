// The forms that schemas are made of.
extension OpenAPISchemas {
    static func object(
        required: KeyValuePairs<String, JSONValue>,
        optional: KeyValuePairs<String, JSONValue> = [:]
    ) -> JSONValue {
        let properties = required.map(JSONValue.Member.init) + optional.map(JSONValue.Member.init)
        return [
            "type": "object",
            "required": .array(required.map { .string($0.key) }),
            "properties": .object(properties),
        ]
    }

    static func text(_ description: String) -> JSONValue {
        ["type": "string", "description": .string(description)]
    }

    static func count(_ description: String) -> JSONValue {
        ["type": "integer", "minimum": 0, "description": .string(description)]
    }

    static func choice(_ values: [String], _ description: String) -> JSONValue {
        ["type": "string", "enum": .array(values.map { .string($0) }), "description": .string(description)]
    }

    static func time(_ description: String) -> JSONValue {
        ["type": "string", "format": "date-time", "description": .string(description)]
    }

    static func textOrNull(_ description: String) -> JSONValue {
        ["type": ["string", "null"], "description": .string(description)]
    }

    static func countOrNull(_ description: String) -> JSONValue {
        ["type": ["integer", "null"], "minimum": 0, "description": .string(description)]
    }

    static func timeOrNull(_ description: String) -> JSONValue {
        ["type": ["string", "null"], "format": "date-time", "description": .string(description)]
    }
}
