public import Redis

/// How to reach Redis.
public struct RedisSettings: Sendable, Equatable {
    /// Where it listens, and whether to use TLS.
    public var address: ServerAddress
    /// The user to log in as; nil for Redis's default user.
    public var username: String?
    /// The user's password.
    public var password: Secret?
    /// The database's number.
    public var database: Int
    /// The certificates to trust, a PEM file; nil for the system's.
    public var tlsCAFile: String?
    /// How long to wait for an answer.
    public var commandTimeout: Duration
    /// How long to wait for a connection.
    public var connectTimeout: Duration
    /// How many commands may wait on one connection.
    public var maxInFlight: Int

    init(reading reader: inout SettingReader) {
        address = reader.read(Settings.redisAddress)
        username = reader.read(Settings.redisUsername)
        password = reader.read(Settings.redisPassword)
        database = reader.read(Settings.redisDatabase)
        tlsCAFile = reader.read(Settings.redisTLSCAFile)
        commandTimeout = reader.read(Settings.redisCommandTimeout)
        connectTimeout = reader.read(Settings.redisConnectTimeout)
        maxInFlight = reader.read(Settings.redisMaxInFlight)
        if tlsCAFile != nil, !address.isEncrypted {
            reader.report("redis.tls-ca-file", "It has no effect without TLS: redis.address must begin with rediss://.")
        }
        if username != nil, password == nil {
            reader.report("redis.username", "A user needs a password: set redis.password as well.")
        }
    }

    /// The client's configuration; `clientName` is what `CLIENT LIST` shows.
    public func clientConfiguration(clientName: String) -> RedisConfiguration {
        let place: RedisConfiguration.Address =
            switch address.endpoint {
            case .tcp(let host, let port): .tcp(host: host, port: port)
            case .unixSocket(let path): .unixSocket(path: path)
            }
        return RedisConfiguration(
            address: place,
            username: username,
            password: password?.value,
            database: database,
            tls: address.isEncrypted ? RedisConfiguration.TLS(caFile: tlsCAFile) : nil,
            clientName: clientName,
            connectTimeout: connectTimeout,
            commandTimeout: commandTimeout,
            maximumInFlight: maxInFlight
        )
    }
}
