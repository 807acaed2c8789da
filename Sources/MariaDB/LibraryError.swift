import CMariaDB

/// A failure as the client library reports it, before anybody knows what it means.
struct LibraryError: Error, Equatable {
    var code: UInt32
    var sqlState: String
    var message: String

    /// The code of what the library was spared, because it was wrong before it got there.
    static let misuseCode: UInt32 = 0

    /// A call that the program should not have made.
    static func misuse(_ message: String) -> LibraryError {
        LibraryError(code: misuseCode, sqlState: "", message: message)
    }

    /// The connection was closed by the other side.
    static let connectionGone = LibraryError(
        code: UInt32(CR_SERVER_GONE_ERROR),
        sqlState: "HY000",
        message: "the server has closed the connection"
    )

    init(code: UInt32, sqlState: String, message: String) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
    }

    /// The connection's last failure; to be read before any clean-up, which overwrites it.
    init(of connection: UnsafeMutablePointer<MYSQL>) {
        self.init(
            code: mysql_errno(connection),
            sqlState: String(cString: mysql_sqlstate(connection)),
            message: String(cString: mysql_error(connection))
        )
    }

    /// The statement's last failure; to be read before any clean-up, which overwrites it.
    ///
    /// What goes wrong between two rows, the library writes down with the connection only.
    init(of statement: UnsafeMutablePointer<MYSQL_STMT>, on connection: UnsafeMutablePointer<MYSQL>) {
        guard mysql_stmt_errno(statement) != 0 else {
            self.init(of: connection)
            return
        }
        self.init(
            code: mysql_stmt_errno(statement),
            sqlState: String(cString: mysql_stmt_sqlstate(statement)),
            message: String(cString: mysql_stmt_error(statement))
        )
    }
}
