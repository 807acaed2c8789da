/// Where the server is, who we are, and every bound the client keeps.
///
/// Sessions are always set up alike, whatever the server's defaults: `utf8mb4`, strict SQL mode, READ COMMITTED, times
/// in UTC, autocommit on, `LOAD DATA LOCAL` refused.
public struct MariaDBConfiguration: Sendable {
    /// A server's address.
    public enum Address: Sendable, Equatable {
        /// A host name or IP address, and a port.
        case tcp(host: String, port: Int)
        /// The path of the server's Unix domain socket, at most 107 bytes long.
        case unixSocket(path: String)
    }

    /// How a TCP connection is encrypted; a Unix socket never leaves the machine and is not.
    public struct TLS: Sendable, Equatable {
        /// A PEM file of the authorities to trust; `nil` trusts those of the system.
        public var caFile: String?
        /// Whether the certificate must come from a trusted authority and name the server's host.
        ///
        /// Without it the bytes are encrypted, but for whoever answers: a `caFile` is then not looked at.
        public var verifiesServer: Bool

        /// Encrypts, and by default verifies the server against the system's authorities.
        public init(caFile: String? = nil, verifiesServer: Bool = true) {
            self.caFile = caFile
            self.verifiesServer = verifiesServer
        }
    }

    /// The server's address.
    public var address: Address
    /// The database user.
    public var user: String
    /// The user's password; never part of a description, an error or a log line.
    public var password: String?
    /// The schema that unqualified table names mean.
    public var database: String?
    /// Encryption of a TCP connection, `nil` for none; with it, a server that cannot encrypt is refused.
    public var tls: TLS?

    /// The number of connections, each with a thread of its own, opened as they are needed.
    public var connectionCount: Int
    /// The longest wait for a connection, and for each reply while it is being set up; rounded up to whole seconds.
    public var connectTimeout: Duration
    /// The longest wait for any bytes from or to the server; rounded up to whole seconds.
    ///
    /// A connection that ran into it is dropped, because its next reply would be the wrong one. Keep it longer than
    /// `statementTimeout` and `lockWaitTimeout`, which the server itself answers.
    public var ioTimeout: Duration
    /// The server's limit for one statement (`max_statement_time`), `nil` for none.
    public var statementTimeout: Duration?
    /// The longest wait for a row lock (`innodb_lock_wait_timeout`); rounded up to whole seconds.
    public var lockWaitTimeout: Duration
    /// How long a transaction may sit idle before the server ends it (`idle_transaction_timeout`), `nil` for no limit;
    /// rounded up to whole seconds.
    public var idleTransactionTimeout: Duration?

    /// The most calls that may wait for a connection; one more is refused at once.
    public var maximumQueued: Int
    /// The longest a call may wait for a connection; running work is not counted.
    public var queueTimeout: Duration
    /// The pause after a failed attempt to connect: it doubles from the lower to the upper bound, with jitter.
    ///
    /// Until it is over, work that has no connection fails at once with the same cause.
    public var reconnectDelay: ClosedRange<Duration>

    /// A configuration with bounds that suit one service on one server.
    public init(
        address: Address,
        user: String,
        password: String? = nil,
        database: String? = nil,
        tls: TLS? = nil,
        connectionCount: Int = 4,
        connectTimeout: Duration = .seconds(2),
        ioTimeout: Duration = .seconds(10),
        statementTimeout: Duration? = nil,
        lockWaitTimeout: Duration = .seconds(3),
        idleTransactionTimeout: Duration? = nil,
        maximumQueued: Int = 1_024,
        queueTimeout: Duration = .seconds(5),
        reconnectDelay: ClosedRange<Duration> = .milliseconds(100)...(.seconds(5))
    ) {
        self.address = address
        self.user = user
        self.password = password
        self.database = database
        self.tls = tls
        self.connectionCount = connectionCount
        self.connectTimeout = connectTimeout
        self.ioTimeout = ioTimeout
        self.statementTimeout = statementTimeout
        self.lockWaitTimeout = lockWaitTimeout
        self.idleTransactionTimeout = idleTransactionTimeout
        self.maximumQueued = maximumQueued
        self.queueTimeout = queueTimeout
        self.reconnectDelay = reconnectDelay
    }
}

extension MariaDBConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// User, address and schema, for a log line; never the password.
    public var description: String {
        "mariadb://\(user)@\(address)/\(database ?? "")"
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror without the password, so that `dump` does not print it either.
    public var customMirror: Mirror {
        Mirror(self, children: ["description": description])
    }
}

extension MariaDBConfiguration.Address: CustomStringConvertible {
    /// `host:port`, or the socket's path.
    public var description: String {
        switch self {
        case .tcp(let host, let port): "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}

extension Duration {
    /// Whole seconds, rounded up: the client library and some server variables know nothing finer.
    var wholeSecondsRoundedUp: Int64 {
        components.attoseconds > 0 ? components.seconds + 1 : components.seconds
    }
}
