import LocalServers

/// The settings that lead to the stores of a data folder, and to no others.
struct DataFolderSettings {
    /// The keys of all settings that a data folder gives.
    static let keys: Set<String> = [
        "redis.address", "redis.database", "mariadb.address", "mariadb.user", "mariadb.password", "mariadb.database",
        "mariadb.tls", "mariadb.migration-user", "mariadb.migration-password",
    ]

    /// Settings by key.
    let plain: [(key: String, value: String)]
    /// Variables with the passwords that every program needs.
    let passwords: [String: String]
    /// Variables for the user that may change tables: for the operator's command alone.
    let migration: [String: String]

    init(_ state: DataFolderState, _ credentials: MariaDBCredentials) {
        plain = [
            ("redis.address", "unix:\(state.redisSocket)"),
            ("redis.database", "0"),
            ("mariadb.address", "unix:\(state.mariadbSocket)"),
            ("mariadb.user", credentials.application.user),
            ("mariadb.database", state.database),
            ("mariadb.tls", "off"),
        ]
        passwords = [Self.variable("mariadb.password"): credentials.application.password]
        migration = [
            Self.variable("mariadb.migration-user"): credentials.migration.user,
            Self.variable("mariadb.migration-password"): credentials.migration.password,
        ]
    }

    /// The environment variable of a setting.
    static func variable(_ key: String) -> String {
        "FLASHSALE_" + key.uppercased().replacing(".", with: "_").replacing("-", with: "_")
    }

    /// An environment without what it says of Redis and MariaDB: it means other stores.
    static func removingStores(from environment: [String: String]) -> [String: String] {
        environment.filter { !$0.key.hasPrefix("FLASHSALE_REDIS_") && !$0.key.hasPrefix("FLASHSALE_MARIADB_") }
    }
}
