import CMariaDB

/// The client library's process-wide state.
enum ClientLibrary {
    /// Whether the library could be initialised, done once, at the first use.
    ///
    /// The library sets SIGPIPE to be ignored here, for its TLS writes; its plain writes use MSG_NOSIGNAL as well.
    static let isInitialised: Bool = mysql_server_init(0, nil, nil) == 0
}
