/// The configuration of `flashsale`, the operator's command.
public struct CommandConfiguration: ProgramConfiguration, Equatable {
    /// `flashsale`.
    public static let program = Program.command

    /// How to reach Redis.
    public var redis: RedisSettings
    /// How to reach MariaDB.
    public var mariadb: MariaDBSettings
    /// The user that may change tables; nil when it is ``mariadb``'s.
    public var migrationUser: String?
    /// That user's password.
    public var migrationPassword: Secret?
    /// How payment events are signed, for `flashsale payment simulate`.
    public var payments: PaymentSettings
    /// Where the API is reached.
    public var apiURL: String
    /// What is logged, and how it looks.
    public var log: LogSettings

    /// Reads the settings.
    public init(reading reader: inout SettingReader) {
        redis = RedisSettings(reading: &reader)
        mariadb = MariaDBSettings(reading: &reader)
        migrationUser = reader.read(Settings.mariadbMigrationUser)
        migrationPassword = reader.read(Settings.mariadbMigrationPassword)
        payments = PaymentSettings(reading: &reader)
        apiURL = reader.read(Settings.apiURL)
        log = LogSettings(reading: &reader)
        if migrationPassword != nil, migrationUser == nil {
            let message = "It belongs to no user: set mariadb.migration-user as well."
            reader.report("mariadb.migration-password", message)
        }
    }

    /// How to reach MariaDB as the user that may change tables.
    public var migrationSettings: MariaDBSettings {
        var settings = mariadb
        if let migrationUser {
            settings.user = migrationUser
            settings.password = migrationPassword
        }
        settings.connections = 1
        return settings
    }
}
