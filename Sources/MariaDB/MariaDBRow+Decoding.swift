extension MariaDBRow {
    /// The value of a column, whatever it is.
    public func value(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> MariaDBValue {
        switch columns.index(of: column) {
        case .success(let index):
            return values[index]
        case .failure(let failure):
            throw MariaDBError(bug: "column \(column.label) \(failure.rawValue)", file: file, line: line)
        }
    }

    /// An integer column, signed or unsigned, that fits `Int`.
    public func int(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> Int {
        try required(optionalInt(column, file: file, line: line), column, file, line)
    }

    /// As ``int(_:file:line:)``, `nil` for NULL.
    public func optionalInt(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> Int? {
        try decode(column, "an integer", file, line) {
            switch $0 {
            case .integer(let value): Int(exactly: value)
            case .unsigned(let value): Int(exactly: value)
            default: nil
            }
        }
    }

    /// An integer column, signed or unsigned, that is not negative.
    public func unsigned(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> UInt64 {
        try required(optionalUnsigned(column, file: file, line: line), column, file, line)
    }

    /// As ``unsigned(_:file:line:)``, `nil` for NULL.
    public func optionalUnsigned(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> UInt64? {
        try decode(column, "an integer that is not negative", file, line) {
            switch $0 {
            case .integer(let value): UInt64(exactly: value)
            case .unsigned(let value): value
            default: nil
            }
        }
    }

    /// An integer column that holds 0 or 1.
    public func bool(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> Bool {
        try required(optionalBool(column, file: file, line: line), column, file, line)
    }

    /// As ``bool(_:file:line:)``, `nil` for NULL.
    public func optionalBool(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> Bool? {
        try decode(column, "0 or 1", file, line) {
            switch $0 {
            case .integer(0), .unsigned(0): false
            case .integer(1), .unsigned(1): true
            default: nil
            }
        }
    }

    /// A `DOUBLE` or `FLOAT` column.
    public func double(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> Double {
        try required(optionalDouble(column, file: file, line: line), column, file, line)
    }

    /// As ``double(_:file:line:)``, `nil` for NULL.
    public func optionalDouble(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> Double? {
        try decode(column, "a double", file, line) {
            if case .double(let value) = $0 { value } else { nil }
        }
    }

    /// A text column, or a `DECIMAL`, `DATE` or `TIME` in the server's notation.
    public func string(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> String {
        try required(optionalString(column, file: file, line: line), column, file, line)
    }

    /// As ``string(_:file:line:)``, `nil` for NULL.
    public func optionalString(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> String? {
        try decode(column, "a string", file, line) {
            if case .string(let value) = $0 { value } else { nil }
        }
    }

    /// A binary column.
    public func bytes(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> [UInt8] {
        try required(optionalBytes(column, file: file, line: line), column, file, line)
    }

    /// As ``bytes(_:file:line:)``, `nil` for NULL.
    public func optionalBytes(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> [UInt8]? {
        try decode(column, "bytes", file, line) {
            if case .bytes(let value) = $0 { value } else { nil }
        }
    }

    /// A `DATETIME` or `TIMESTAMP` column.
    public func dateTime(_ column: Column, file: StaticString = #fileID, line: UInt = #line) throws -> MariaDBDateTime {
        try required(optionalDateTime(column, file: file, line: line), column, file, line)
    }

    /// As ``dateTime(_:file:line:)``, `nil` for NULL.
    public func optionalDateTime(
        _ column: Column,
        file: StaticString = #fileID,
        line: UInt = #line
    ) throws -> MariaDBDateTime? {
        try decode(column, "a date and time", file, line) {
            if case .dateTime(let value) = $0 { value } else { nil }
        }
    }

    private func decode<Value>(
        _ column: Column,
        _ expected: String,
        _ file: StaticString,
        _ line: UInt,
        _ convert: (MariaDBValue) -> Value?
    ) throws -> Value? {
        let value = try value(column, file: file, line: line)
        if value == .null { return nil }
        if let converted = convert(value) { return converted }
        let message = "column \(column.label) does not hold \(expected) that fits: it holds \(value.kindName)"
        throw MariaDBError(bug: message, file: file, line: line)
    }

    private func required<Value>(
        _ value: Value?,
        _ column: Column,
        _ file: StaticString,
        _ line: UInt
    ) throws -> Value {
        guard let value else {
            throw MariaDBError(bug: "column \(column.label) is NULL", file: file, line: line)
        }
        return value
    }
}

extension MariaDBRow.Column {
    /// How an error names the column.
    var label: String {
        switch self {
        case .name(let name): "\"\(name)\""
        case .index(let index): "\(index)"
        }
    }
}
