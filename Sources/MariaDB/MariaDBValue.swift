/// A parameter of a statement, or a column of a row.
public enum MariaDBValue: Sendable, Equatable {
    /// SQL's NULL.
    case null
    /// Any signed integer column, `TINYINT(1)` among them.
    case integer(Int64)
    /// An `UNSIGNED` integer column, `YEAR` and `BIGINT UNSIGNED` among them.
    case unsigned(UInt64)
    /// `DOUBLE` and `FLOAT`.
    case double(Double)
    /// Text of any kind, JSON and ENUM among it; also `DECIMAL`, `DATE` and `TIME`, in the server's notation.
    case string(String)
    /// `BINARY`, `VARBINARY`, `BLOB` and `BIT`.
    case bytes([UInt8])
    /// `DATETIME` and `TIMESTAMP`, both in UTC.
    case dateTime(MariaDBDateTime)
}

extension MariaDBValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    /// A literal integer, such as `7`.
    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    /// A literal string.
    public init(stringLiteral value: String) {
        self = .string(value)
    }

    /// `nil` is SQL's NULL.
    public init(nilLiteral: ()) {
        self = .null
    }
}

extension MariaDBValue {
    /// What kind of value this is, in words for an error message; never the value itself.
    var kindName: String {
        switch self {
        case .null: "NULL"
        case .integer: "an integer"
        case .unsigned: "an unsigned integer"
        case .double: "a double"
        case .string: "a string"
        case .bytes: "bytes"
        case .dateTime: "a date and time"
        }
    }
}
