import CMariaDB

/// A statement that the server has parsed for one connection, and its rows while they are read.
final class PreparedStatement {
    private let handle: UnsafeMutablePointer<MYSQL_STMT>
    private let connection: UnsafeMutablePointer<MYSQL>
    private let parameterCount: Int
    private var rowBinding: ResultBinding?

    init(_ sql: String, on connection: UnsafeMutablePointer<MYSQL>) throws(LibraryError) {
        guard let handle = mysql_stmt_init(connection) else { throw LibraryError(of: connection) }
        var sql = sql
        let status = sql.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) {
                mysql_stmt_prepare(handle, $0.baseAddress, UInt($0.count))
            }
        }
        guard status == 0 else {
            let failure = LibraryError(of: handle, on: connection)
            mysql_stmt_close(handle)
            throw failure
        }
        self.handle = handle
        self.connection = connection
        parameterCount = Int(mysql_stmt_param_count(handle))
    }

    deinit {
        // Once its connection is closed, this only frees memory.
        mysql_stmt_close(handle)
    }

    /// Whether the last execution returned rows.
    ///
    /// Before the first one it is what the server expects, which does not include `RETURNING`.
    var returnsRows: Bool { mysql_stmt_field_count(handle) > 0 }

    /// What the last execution reported.
    var result: MariaDBResult {
        MariaDBResult(
            // All bits set: the statement returns rows, which are still to come.
            affectedRows: Int(exactly: mysql_stmt_affected_rows(handle)) ?? 0,
            lastInsertID: mysql_stmt_insert_id(handle)
        )
    }

    func execute(_ parameters: [MariaDBValue]) throws(LibraryError) {
        guard parameters.count == parameterCount else {
            throw .misuse("the statement has \(parameterCount) parameters, not \(parameters.count)")
        }
        try ParameterBinding.withBinds(for: parameters) { binds throws(LibraryError) in
            try check(mysql_stmt_bind_param(handle, binds) == 0)
            try check(mysql_stmt_execute(handle) == 0)
        }
    }

    /// Executes the statement once for each row of parameters, in one request.
    func execute(rows: [[MariaDBValue]]) throws(LibraryError) {
        if returnsRows { throw .misuse("a batch returns no rows") }
        try BatchBinding.withBinds(for: rows, columnCount: parameterCount) { binds throws(LibraryError) in
            try setBatchSize(UInt32(rows.count))
            // The statement is cached: its next use may be for a single row.
            defer { try? setBatchSize(0) }
            try check(mysql_stmt_bind_param(handle, binds) == 0)
            try check(mysql_stmt_execute(handle) == 0)
        }
    }

    /// Executes the statement once, or once for each row.
    func execute(_ parameters: MariaDBStatement.Parameters) throws(LibraryError) {
        switch parameters {
        case .once(let values): try execute(values)
        case .forEach(let rows): try execute(rows: rows)
        }
    }

    /// Reads the reply to an execution that was sent without waiting for it, and its rows.
    ///
    /// Throws `LibraryError`, and what a value that can't be read throws; nothing is left unread.
    func receive() throws -> MariaDBReply {
        // What the library does after it has sent a statement; it offers it in its table of functions only.
        guard let readReply = connection.pointee.methods.pointee.db_read_execute_response else {
            throw LibraryError.misuse("the client library can't read a reply by itself")
        }
        try check(readReply(handle) == 0)
        let result = result
        var rows: [MariaDBRow] = []
        guard returnsRows else {
            try skipRows()
            return MariaDBReply(rows: rows, result: result)
        }
        do {
            try forEachRow { rows.append($0) }
        } catch {
            try skipRows()
            throw error
        }
        return MariaDBReply(rows: rows, result: result)
    }

    private func setBatchSize(_ size: UInt32) throws(LibraryError) {
        var size = size
        try check(mysql_stmt_attr_set(handle, STMT_ATTR_ARRAY_SIZE, &size) == 0)
    }

    /// Reads the rows of the last execution one by one.
    ///
    /// Throws `LibraryError`, or what `body` throws; the rest is left for ``skipRows()`` then.
    func forEachRow(_ body: (MariaDBRow) throws -> Void) throws {
        let binding = try bindRows()
        while try fetch() {
            try body(binding.row(of: handle, on: connection))
        }
        try skipRows()
    }

    /// Reads and drops what the last execution left unread: the connection could not be used otherwise.
    func skipRows() throws(LibraryError) {
        if returnsRows {
            defer { mysql_stmt_free_result(handle) }
            while try fetch() {}
        }
        // Further results come from CALL only: 0 announces one, -1 says that there is none, anything else is an error.
        var status = mysql_stmt_next_result(handle)
        while status == 0 {
            mysql_stmt_free_result(handle)
            status = mysql_stmt_next_result(handle)
        }
        try check(status < 0)
    }

    /// Reads one row into the bound buffers; false at the end.
    private func fetch() throws(LibraryError) -> Bool {
        switch mysql_stmt_fetch(handle) {
        case 0, MYSQL_DATA_TRUNCATED: return true
        case MYSQL_NO_DATA: return false
        default: throw LibraryError(of: handle, on: connection)
        }
    }

    private func bindRows() throws(LibraryError) -> ResultBinding {
        let fields = UnsafeBufferPointer(
            start: mariadb_stmt_fetch_fields(handle),
            count: Int(mysql_stmt_field_count(handle))
        )
        // A column's type may follow that of a parameter, so it can differ from one execution to the next.
        let binding: ResultBinding
        if let rowBinding, rowBinding.fits(fields) {
            binding = rowBinding
        } else {
            binding = ResultBinding(for: fields)
            rowBinding = binding
        }
        try check(mysql_stmt_bind_result(handle, binding.binds) == 0)
        return binding
    }

    private func check(_ succeeded: Bool) throws(LibraryError) {
        if !succeeded { throw LibraryError(of: handle, on: connection) }
    }
}
