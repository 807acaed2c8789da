/// How to reach one Redis server, and the bounds a ``RedisClient`` keeps.
public struct RedisConfiguration: Sendable {
    /// Where the server listens.
    public enum Address: Sendable, Equatable {
        /// A host name or IP address, and a port.
        case tcp(host: String, port: Int)
        /// The path of a Unix domain socket. TLS is not used on it.
        case unixSocket(path: String)
    }

    /// An encrypted connection whose server is verified: its chain, and its name or IP address.
    public struct TLS: Sendable {
        /// A PEM file of the certificate authorities to trust; `nil` trusts the system's.
        public var caFile: String?
        /// The name to announce and to find in the certificate, unless it bears the server's IP address; `nil` is the
        /// address's host.
        public var serverName: String?

        /// Creates the settings.
        public init(caFile: String? = nil, serverName: String? = nil) {
            self.caFile = caFile
            self.serverName = serverName
        }
    }

    /// Where the server listens.
    public var address: Address
    /// The ACL user that ``password`` belongs to; `nil` is the server's `default` user.
    public var username: String?
    /// The user's password; `nil` sends no `AUTH`.
    public var password: String?
    /// The database number that every connection selects.
    public var database: Int
    /// Encryption; `nil` speaks plain TCP.
    public var tls: TLS?
    /// The name shown by `CLIENT LIST`, without blanks; empty leaves the connections unnamed.
    public var clientName: String
    /// The time for connecting, TLS and the handshake together.
    public var connectTimeout: Duration
    /// The time a caller waits for a reply; a connection that is silent for twice as long with commands in flight is
    /// given up.
    public var commandTimeout: Duration
    /// The commands that may await their replies on each connection; further ones are refused.
    public var maximumInFlight: Int
    /// The pause before connecting again: it doubles from the lower to the upper bound, and the last half of it is
    /// random.
    public var reconnectDelay: ClosedRange<Duration>

    /// Creates a configuration.
    public init(
        address: Address,
        username: String? = nil,
        password: String? = nil,
        database: Int = 0,
        tls: TLS? = nil,
        clientName: String = "",
        connectTimeout: Duration = .seconds(1),
        commandTimeout: Duration = .seconds(1),
        maximumInFlight: Int = 16_384,
        reconnectDelay: ClosedRange<Duration> = .milliseconds(20) ... .seconds(1)
    ) {
        self.address = address
        self.username = username
        self.password = password
        self.database = database
        self.tls = tls
        self.clientName = clientName
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.maximumInFlight = maximumInFlight
        self.reconnectDelay = reconnectDelay
    }
}

extension RedisConfiguration: CustomStringConvertible {
    /// The address, user and database; never the password.
    public var description: String {
        let scheme = tls == nil ? "redis" : "rediss"
        let user = username.map { "\($0)@" } ?? ""
        return "\(scheme)://\(user)\(address)/\(database)"
    }
}

extension RedisConfiguration.Address: CustomStringConvertible {
    /// `host:port`, or the socket's path.
    public var description: String {
        switch self {
        case .tcp(let host, let port): "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}
