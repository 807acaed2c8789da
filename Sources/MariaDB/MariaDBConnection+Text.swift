import CMariaDB

extension MariaDBConnection {
    /// Runs SQL text of one or several statements, separated by semicolons; rows are read and dropped.
    ///
    /// For migrations only, because the text has no parameters. The server accepts several statements at once only for
    /// the length of this call. Those before one that fails have been done. Throws ``MariaDBError``.
    public func executeText(_ sql: String, file: StaticString = #fileID, line: UInt = #line) throws {
        try perform(sql, file: file, line: line) {
            try allowSeveralStatements(true)
            do throws(LibraryError) {
                try send(sql)
                try discardAllResults()
            } catch {
                if MariaDBError.leavesConnectionUsable(error.code) { try allowSeveralStatements(false) }
                throw error
            }
            try allowSeveralStatements(false)
        }
    }

    /// Runs a statement of this client's own, without parameters or rows, even after an error that ended a transaction.
    func control(
        _ sql: String,
        during phase: MariaDBError.Phase,
        file: StaticString,
        line: UInt
    ) throws(MariaDBError) {
        do {
            try send(sql)
        } catch {
            throw interpret(error, during: phase, statement: sql, file: file, line: line)
        }
    }

    /// Asks for a sign of life.
    func ping(file: StaticString, line: UInt) throws {
        try perform("ping", during: .connecting, file: file, line: line) {
            guard mysql_ping(handle) == 0 else { throw LibraryError(of: handle) }
        }
    }

    func send(_ sql: String) throws(LibraryError) {
        var sql = sql
        let status = sql.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { mysql_real_query(handle, $0.baseAddress, UInt($0.count)) }
        }
        guard status == 0 else { throw LibraryError(of: handle) }
    }

    private func discardAllResults() throws(LibraryError) {
        while true {
            if let rows = mysql_use_result(handle) {
                mysql_free_result(rows)
            }
            guard mysql_errno(handle) == 0 else { throw LibraryError(of: handle) }
            // 0: there is another result; -1: there is none; above 0: a later statement failed.
            let status = mysql_next_result(handle)
            if status < 0 { return }
            guard status == 0 else { throw LibraryError(of: handle) }
        }
    }

    private func allowSeveralStatements(_ allowed: Bool) throws(LibraryError) {
        let option = allowed ? MYSQL_OPTION_MULTI_STATEMENTS_ON : MYSQL_OPTION_MULTI_STATEMENTS_OFF
        guard mysql_set_server_option(handle, option) == 0 else { throw LibraryError(of: handle) }
    }
}
