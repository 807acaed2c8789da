import CMariaDB

/// The parameters of one execution in the library's form.
enum ParameterBinding {
    /// Lends the parameters' bind structures; they are valid only inside of `body`.
    static func withBinds(
        for parameters: [MariaDBValue],
        _ body: (UnsafeMutablePointer<MYSQL_BIND>) throws(LibraryError) -> Void
    ) throws(LibraryError) {
        var memory = BindingMemory()
        let binds = memory.allocate(MYSQL_BIND(), count: parameters.count)
        for (index, value) in parameters.enumerated() {
            let (type, isUnsigned) = value.bindType
            binds[index].buffer_type = type
            binds[index].is_unsigned = isUnsigned ? 1 : 0
            binds[index].buffer = try memory.copy(of: value)
            binds[index].buffer_length = UInt(value.byteCount)
        }
        try body(binds)
        // The library has read the structures now, and must not be left without them any earlier.
        _ = consume memory
    }
}

extension BindingMemory {
    /// The value's content at an address of its own.
    fileprivate mutating func copy(of value: MariaDBValue) throws(LibraryError) -> UnsafeMutableRawPointer? {
        switch value {
        case .null:
            return nil
        case .integer(let integer):
            return UnsafeMutableRawPointer(allocate(integer, count: 1))
        case .unsigned(let integer):
            return UnsafeMutableRawPointer(allocate(integer, count: 1))
        case .double(let double):
            return UnsafeMutableRawPointer(allocate(double, count: 1))
        case .dateTime(let moment):
            return UnsafeMutableRawPointer(allocate(try MYSQL_TIME(moment), count: 1))
        case .string, .bytes:
            let buffer = allocate(UInt8(0), count: value.byteCount)
            value.copyBytes(to: buffer)
            return UnsafeMutableRawPointer(buffer)
        }
    }
}
