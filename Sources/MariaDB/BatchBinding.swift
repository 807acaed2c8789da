import CMariaDB

/// The parameters of a batch, column by column, in the library's form for bulk execution.
///
/// See "Column-wise Binding" in MariaDB's documentation of Connector/C: numbers lie side by side, everything else is an
/// array of pointers; an array of indicators says which values are NULL.
enum BatchBinding {
    /// Lends the columns' bind structures; they are valid only inside of `body`.
    ///
    /// Throws if the rows are not all of `columnCount` values, or if a column holds values of different kinds.
    static func withBinds(
        for rows: [[MariaDBValue]],
        columnCount: Int,
        _ body: (UnsafeMutablePointer<MYSQL_BIND>) throws(LibraryError) -> Void
    ) throws(LibraryError) {
        for (number, row) in rows.enumerated() where row.count != columnCount {
            throw .misuse("row \(number) of the batch has \(row.count) values, not \(columnCount)")
        }
        var memory = BindingMemory()
        let binds = memory.allocate(MYSQL_BIND(), count: columnCount)
        for index in 0..<columnCount {
            binds[index] = try memory.bind(column: rows.map { $0[index] }, index: index)
        }
        try body(binds)
        // The library has read the structures now, and must not be left without them any earlier.
        _ = consume memory
    }
}

extension BindingMemory {
    fileprivate mutating func bind(column: [MariaDBValue], index: Int) throws(LibraryError) -> MYSQL_BIND {
        // A column of NULLs only has no type of its own; any will do.
        let sample = column.first { $0 != .null } ?? .string("")
        let (type, isUnsigned) = sample.bindType
        for (number, value) in column.enumerated() where value != .null && value.bindType != (type, isUnsigned) {
            let kinds = "\(sample.kindName) and, in row \(number), \(value.kindName)"
            throw .misuse("column \(index) of the batch holds \(kinds)")
        }

        var bind = MYSQL_BIND()
        bind.buffer_type = type
        bind.is_unsigned = isUnsigned ? 1 : 0
        bind.buffer = try buffer(for: column, like: sample)
        let lengths = allocate(UInt(0), count: column.count)
        let indicators = allocate(CChar(STMT_INDICATOR_NONE.rawValue), count: column.count)
        for (number, value) in column.enumerated() {
            lengths[number] = UInt(value.byteCount)
            if value == .null { indicators[number] = CChar(STMT_INDICATOR_NULL.rawValue) }
        }
        bind.length = lengths
        bind.u.indicator = indicators
        return bind
    }

    private mutating func buffer(
        for column: [MariaDBValue],
        like sample: MariaDBValue
    ) throws(LibraryError) -> UnsafeMutableRawPointer {
        switch sample {
        case .integer, .unsigned:
            return UnsafeMutableRawPointer(integers(column))
        case .double:
            return UnsafeMutableRawPointer(doubles(column))
        case .dateTime:
            return UnsafeMutableRawPointer(try moments(column))
        case .string, .bytes, .null:
            return UnsafeMutableRawPointer(texts(column))
        }
    }

    private mutating func integers(_ column: [MariaDBValue]) -> UnsafeMutablePointer<UInt64> {
        let buffer = allocate(UInt64(0), count: column.count)
        for (number, value) in column.enumerated() {
            switch value {
            case .integer(let integer): buffer[number] = UInt64(bitPattern: integer)
            case .unsigned(let integer): buffer[number] = integer
            default: continue
            }
        }
        return buffer
    }

    private mutating func doubles(_ column: [MariaDBValue]) -> UnsafeMutablePointer<Double> {
        let buffer = allocate(Double(0), count: column.count)
        for (number, value) in column.enumerated() {
            if case .double(let double) = value { buffer[number] = double }
        }
        return buffer
    }

    private mutating func moments(
        _ column: [MariaDBValue]
    ) throws(LibraryError) -> UnsafeMutablePointer<UnsafeMutablePointer<MYSQL_TIME>> {
        let times = allocate(MYSQL_TIME(), count: column.count)
        let addresses = allocate(times, count: column.count)
        for (number, value) in column.enumerated() {
            guard case .dateTime(let moment) = value else { continue }
            times[number] = try MYSQL_TIME(moment)
            addresses[number] = times + number
        }
        return addresses
    }

    private mutating func texts(_ column: [MariaDBValue]) -> UnsafeMutablePointer<UnsafeMutablePointer<UInt8>> {
        var next = allocate(UInt8(0), count: column.reduce(0) { $0 + $1.byteCount })
        let addresses = allocate(next, count: column.count)
        for (number, value) in column.enumerated() {
            value.copyBytes(to: next)
            addresses[number] = next
            next += value.byteCount
        }
        return addresses
    }
}
