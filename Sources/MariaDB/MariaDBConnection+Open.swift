import CMariaDB
import Glibc

extension MariaDBConnection {
    /// Opens a connection and sets its session up.
    static func open(_ configuration: MariaDBConfiguration) throws(LibraryError) -> MariaDBConnection {
        guard ClientLibrary.isInitialised, let handle = mysql_init(nil) else {
            throw LibraryError(code: UInt32(CR_OUT_OF_MEMORY), sqlState: "HY001", message: "out of memory")
        }
        let connection = MariaDBConnection(handle: handle)
        do {
            try connection.setOptions(configuration)
            try connection.connect(configuration)
            try connection.send(SessionSetup.statement(for: configuration))
        } catch {
            connection.close()
            throw error
        }
        return connection
    }

    /// Closes the connection and frees its memory; it must not be used in any way afterwards.
    func close() {
        mysql_close(handle)
        // After the connection, so that this only frees memory and sends nothing.
        statements.removeAll()
    }

    /// Whether an idle connection is still open, as far as this side can know without asking.
    ///
    /// The server says nothing unasked: anything to read on an idle connection is its end.
    var isAlive: Bool {
        var socket = pollfd(fd: mysql_get_socket(handle), events: Int16(POLLIN), revents: 0)
        return socket.fd >= 0 && poll(&socket, 1, 0) == 0
    }

    private func connect(_ configuration: MariaDBConfiguration) throws(LibraryError) {
        var host: String?
        var port: UInt32 = 0
        var socketPath: String?
        switch configuration.address {
        case .tcp(let name, let number):
            (host, port) = (name, UInt32(clamping: number))
        case .unixSocket(let path):
            socketPath = path
        }
        // An absent password is passed as an empty one: for none at all the library looks into the environment.
        let password = configuration.password ?? ""
        let database = configuration.database
        guard mysql_real_connect(handle, host, configuration.user, password, database, port, socketPath, 0) != nil
        else {
            throw LibraryError(of: handle)
        }
        if configuration.encrypts, mysql_get_ssl_cipher(handle) == nil {
            throw LibraryError(
                code: UInt32(CR_SSL_CONNECTION_ERROR),
                sqlState: "HY000",
                message: "TLS is required, but the server does not offer it"
            )
        }
    }

    private func setOptions(_ configuration: MariaDBConfiguration) throws(LibraryError) {
        try set(MYSQL_SET_CHARSET_NAME, to: "utf8mb4")
        try set(MYSQL_OPT_LOCAL_INFILE, to: UInt32(0))
        // A connection that came back by itself would have lost its transaction and its session's settings.
        try set(MYSQL_OPT_RECONNECT, to: my_bool(0))
        try set(MYSQL_OPT_CONNECT_TIMEOUT, to: configuration.connectTimeout.optionValue)
        try set(MYSQL_OPT_READ_TIMEOUT, to: configuration.ioTimeout.optionValue)
        try set(MYSQL_OPT_WRITE_TIMEOUT, to: configuration.ioTimeout.optionValue)
        switch configuration.address {
        case .tcp: try set(MYSQL_OPT_PROTOCOL, to: MYSQL_PROTOCOL_TCP.rawValue)
        case .unixSocket: try set(MYSQL_OPT_PROTOCOL, to: MYSQL_PROTOCOL_SOCKET.rawValue)
        }
        guard configuration.encrypts, let tls = configuration.tls else { return }
        try set(MYSQL_OPT_SSL_ENFORCE, to: my_bool(1))
        try set(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, to: my_bool(tls.verifiesServer ? 1 : 0))
        if tls.verifiesServer, let caFile = tls.caFile {
            try set(MYSQL_OPT_SSL_CA, to: caFile)
        }
    }

    private func set(_ option: mysql_option, to value: String) throws(LibraryError) {
        guard mysql_options(handle, option, value) == 0 else { throw LibraryError(of: handle) }
    }

    /// For the options that are a C `unsigned int` or a C `my_bool`: the library reads exactly as many bytes.
    private func set(_ option: mysql_option, to value: some FixedWidthInteger) throws(LibraryError) {
        var value = value
        guard mysql_options(handle, option, &value) == 0 else { throw LibraryError(of: handle) }
    }
}

extension MariaDBConfiguration {
    /// Whether the connection is to be encrypted.
    fileprivate var encrypts: Bool {
        if case .tcp = address { tls != nil } else { false }
    }
}

extension Duration {
    /// Whole seconds for an option of the library, at least 1: 0 would mean no timeout at all.
    fileprivate var optionValue: UInt32 { UInt32(clamping: max(1, wholeSecondsRoundedUp)) }
}
