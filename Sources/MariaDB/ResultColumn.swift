import CMariaDB

/// How a column of a result is fetched, and what value it becomes.
struct ResultColumn: Equatable {
    enum Storage: Equatable {
        case integer
        case unsigned
        case double
        case dateTime
        case text
        case binary
    }

    let storage: Storage
    /// The bytes its buffer needs, for text the bytes it has.
    let capacity: Int

    var hasVariableLength: Bool { storage == .text || storage == .binary }

    /// A bind structure that fetches the column into a buffer.
    func bind(to buffer: UnsafeMutableRawPointer?, capacity: Int) -> MYSQL_BIND {
        var bind = MYSQL_BIND()
        bind.buffer = buffer
        bind.buffer_length = UInt(capacity)
        switch storage {
        case .integer, .unsigned: bind.buffer_type = MYSQL_TYPE_LONGLONG
        case .double: bind.buffer_type = MYSQL_TYPE_DOUBLE
        case .dateTime: bind.buffer_type = MYSQL_TYPE_DATETIME
        case .text, .binary: bind.buffer_type = MYSQL_TYPE_BLOB
        }
        bind.is_unsigned = storage == .unsigned ? 1 : 0
        return bind
    }

    /// The value that was fetched into a buffer; throws if it is not what the column's type promises.
    func value(_ buffer: UnsafeRawBufferPointer, name: String) throws(LibraryError) -> MariaDBValue {
        switch storage {
        case .integer:
            return .integer(buffer.loadUnaligned(as: Int64.self))
        case .unsigned:
            return .unsigned(buffer.loadUnaligned(as: UInt64.self))
        case .double:
            return .double(buffer.loadUnaligned(as: Double.self))
        case .dateTime:
            guard let moment = MariaDBDateTime(buffer.loadUnaligned(as: MYSQL_TIME.self)) else {
                throw .misuse("column \"\(name)\" holds a date that does not exist")
            }
            return .dateTime(moment)
        case .text:
            guard let text = String(validating: buffer, as: UTF8.self) else {
                throw .misuse("column \"\(name)\" holds text that is not valid UTF-8")
            }
            return .string(text)
        case .binary:
            return .bytes(Array(buffer))
        }
    }
}

extension ResultColumn {
    /// The most bytes of text that a buffer has from the start.
    private static let largestBuffer = 4_096
    /// The collation `binary`, which marks bytes that are no text (`my_charset_bin`).
    private static let binaryCharset: UInt32 = 63

    init(_ field: MYSQL_FIELD) {
        storage = Self.storage(of: field)
        switch storage {
        case .integer, .unsigned, .double: capacity = 8
        case .dateTime: capacity = MemoryLayout<MYSQL_TIME>.size
        case .text, .binary: capacity = min(max(Int(clamping: field.length), 64), Self.largestBuffer)
        }
    }

    private static func storage(of field: MYSQL_FIELD) -> Storage {
        switch field.type {
        case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG,
            MYSQL_TYPE_YEAR:
            field.flags & UInt32(UNSIGNED_FLAG) == 0 ? .integer : .unsigned
        case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE:
            .double
        case MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIMESTAMP:
            .dateTime
        case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL, MYSQL_TYPE_DATE, MYSQL_TYPE_TIME, MYSQL_TYPE_NULL:
            // A decimal as a number would lose digits; a date alone is no moment, nor is a time. The library says
            // "binary" of their character set.
            .text
        default:
            field.charsetnr == binaryCharset ? .binary : .text
        }
    }
}

extension MariaDBDateTime {
    /// A moment as the library returned it, `nil` for `0000-00-00` and its like.
    fileprivate init?(_ time: MYSQL_TIME) {
        self.init(
            year: Int(time.year),
            month: Int(time.month),
            day: Int(time.day),
            hour: Int(time.hour),
            minute: Int(time.minute),
            second: Int(time.second),
            microsecond: Int(time.second_part)
        )
    }
}
