import CMariaDB

/// Where the library puts the columns of a row, and how they become values.
///
/// A longer text or blob than fits its buffer is fetched once more, into memory of its own size.
final class ResultBinding {
    private let columns: [ResultColumn]
    private let rowColumns: RowColumns
    private var memory = BindingMemory()
    private let nulls: UnsafeMutablePointer<my_bool>
    private let lengths: UnsafeMutablePointer<UInt>
    let binds: UnsafeMutablePointer<MYSQL_BIND>

    init(for fields: UnsafeBufferPointer<MYSQL_FIELD>) {
        columns = fields.map(ResultColumn.init)
        rowColumns = RowColumns(names: fields.map { String(cString: $0.name) })
        nulls = memory.allocate(0, count: columns.count)
        lengths = memory.allocate(0, count: columns.count)
        binds = memory.allocate(MYSQL_BIND(), count: columns.count)
        for (index, column) in columns.enumerated() {
            // As 64-bit words, so that numbers and times are aligned.
            let buffer = memory.allocate(UInt64(0), count: (column.capacity + 7) / 8)
            binds[index] = column.bind(to: buffer, capacity: column.capacity)
            binds[index].is_null = nulls + index
            binds[index].length = lengths + index
        }
    }

    /// Whether the binding is right for a result with these fields, too.
    func fits(_ fields: UnsafeBufferPointer<MYSQL_FIELD>) -> Bool {
        columns.elementsEqual(fields.lazy.map(ResultColumn.init))
    }

    /// The row that was fetched last.
    func row(
        of statement: UnsafeMutablePointer<MYSQL_STMT>,
        on connection: UnsafeMutablePointer<MYSQL>
    ) throws(LibraryError) -> MariaDBRow {
        var values: [MariaDBValue] = []
        values.reserveCapacity(columns.count)
        for index in columns.indices {
            values.append(try value(at: index, of: statement, on: connection))
        }
        return MariaDBRow(columns: rowColumns, values: values)
    }

    private func value(
        at index: Int,
        of statement: UnsafeMutablePointer<MYSQL_STMT>,
        on connection: UnsafeMutablePointer<MYSQL>
    ) throws(LibraryError) -> MariaDBValue {
        if nulls[index] != 0 { return .null }
        guard let buffer = binds[index].buffer else { return .null }
        let column = columns[index]
        let length = column.hasVariableLength ? Int(lengths[index]) : column.capacity
        if length <= column.capacity {
            return try column.value(UnsafeRawBufferPointer(start: buffer, count: length), name: rowColumns.names[index])
        }
        let bytes = try fetchAgain(index, length: length, of: statement, on: connection)
        defer { bytes.deallocate() }
        return try column.value(UnsafeRawBufferPointer(bytes), name: rowColumns.names[index])
    }

    /// Copies a value that was too long for its buffer out of the row, which the library still holds.
    private func fetchAgain(
        _ index: Int,
        length: Int,
        of statement: UnsafeMutablePointer<MYSQL_STMT>,
        on connection: UnsafeMutablePointer<MYSQL>
    ) throws(LibraryError) -> UnsafeMutableRawBufferPointer {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 1)
        var bind = columns[index].bind(to: bytes.baseAddress, capacity: length)
        guard mysql_stmt_fetch_column(statement, &bind, UInt32(index), 0) == 0 else {
            let failure = LibraryError(of: statement, on: connection)
            bytes.deallocate()
            throw failure
        }
        return bytes
    }
}
