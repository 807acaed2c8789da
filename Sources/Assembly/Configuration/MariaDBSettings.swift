public import MariaDB

/// How to reach MariaDB.
public struct MariaDBSettings: Sendable, Equatable {
    /// Where it listens.
    public var address: ServerAddress
    /// The user to log in as.
    public var user: String
    /// The user's password.
    public var password: Secret?
    /// The database.
    public var database: String
    /// Whether to use TLS.
    public var isEncrypted: Bool
    /// The certificates to trust, a PEM file; nil for the system's.
    public var tlsCAFile: String?
    /// How many connections to hold.
    public var connections: Int

    init(reading reader: inout SettingReader) {
        address = reader.read(Settings.mariadbAddress)
        user = reader.read(Settings.mariadbUser)
        password = reader.read(Settings.mariadbPassword)
        database = reader.read(Settings.mariadbDatabase)
        isEncrypted = reader.read(Settings.mariadbTLS) == .on
        tlsCAFile = reader.read(Settings.mariadbTLSCAFile)
        connections = reader.read(Settings.mariadbConnections)
        if tlsCAFile != nil, !isEncrypted {
            reader.report("mariadb.tls-ca-file", "It has no effect without TLS: set mariadb.tls to on.")
        }
    }

    /// The client's configuration.
    ///
    /// `idleTransactionTimeout` frees the locks of a client that is frozen inside a transaction (the worker's need).
    public func clientConfiguration(idleTransactionTimeout: Duration? = nil) -> MariaDBConfiguration {
        let place: MariaDBConfiguration.Address =
            switch address.endpoint {
            case .tcp(let host, let port): .tcp(host: host, port: port)
            case .unixSocket(let path): .unixSocket(path: path)
            }
        return MariaDBConfiguration(
            address: place,
            user: user,
            password: password?.value,
            database: database,
            tls: isEncrypted ? MariaDBConfiguration.TLS(caFile: tlsCAFile) : nil,
            connectionCount: connections,
            idleTransactionTimeout: idleTransactionTimeout
        )
    }
}
