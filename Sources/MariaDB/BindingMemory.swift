import CMariaDB

/// Heap memory for the library's bind structures, which keep raw pointers until the statement is executed.
struct BindingMemory: ~Copyable {
    private var blocks: [UnsafeMutableRawPointer] = []

    /// Memory for plain C values, filled with one of them, that lives as long as this.
    mutating func allocate<Element>(_ element: Element, count: Int) -> UnsafeMutablePointer<Element> {
        // Room for one element at least, so that there is always an address.
        let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
        pointer.initialize(repeating: element, count: max(count, 1))
        blocks.append(pointer)
        return pointer
    }

    deinit {
        for block in blocks {
            block.deallocate()
        }
    }
}

extension MariaDBValue {
    /// The number of bytes of a string or of bytes, 0 for anything else.
    var byteCount: Int {
        switch self {
        case .string(let string): string.utf8.count
        case .bytes(let bytes): bytes.count
        default: 0
        }
    }

    /// Copies a string's or bytes' content.
    func copyBytes(to target: UnsafeMutablePointer<UInt8>) {
        switch self {
        case .string(var string):
            string.withUTF8 { source in
                if let start = source.baseAddress { target.update(from: start, count: source.count) }
            }
        case .bytes(let bytes):
            bytes.withUnsafeBufferPointer { source in
                if let start = source.baseAddress { target.update(from: start, count: source.count) }
            }
        default:
            break
        }
    }

    /// How the library names the value's type, and whether it is unsigned.
    var bindType: (type: enum_field_types, isUnsigned: Bool) {
        switch self {
        case .null: (MYSQL_TYPE_NULL, false)
        case .integer: (MYSQL_TYPE_LONGLONG, false)
        case .unsigned: (MYSQL_TYPE_LONGLONG, true)
        case .double: (MYSQL_TYPE_DOUBLE, false)
        case .string: (MYSQL_TYPE_STRING, false)
        case .bytes: (MYSQL_TYPE_BLOB, false)
        case .dateTime: (MYSQL_TYPE_DATETIME, false)
        }
    }
}

extension MYSQL_TIME {
    /// A moment as the library wants it; throws if its year cannot be stored.
    init(_ moment: MariaDBDateTime) throws(LibraryError) {
        let parts = moment.components
        guard (0...9_999).contains(parts.year) else {
            throw .misuse("the year \(parts.year) cannot be stored")
        }
        self.init()
        year = UInt32(parts.year)
        month = UInt32(parts.month)
        day = UInt32(parts.day)
        hour = UInt32(parts.hour)
        minute = UInt32(parts.minute)
        second = UInt32(parts.second)
        second_part = UInt(parts.microsecond)
        time_type = MYSQL_TIMESTAMP_DATETIME
    }
}
