import FlashSale
import MariaDB
public import Resilience

/// Brings a database to the schema of this build, and tells whether it is there.
public struct Migrator: Sendable {
    private let database: GuardedMariaDBClient
    private let migrations: [Migration]

    /// A migrator for one database.
    public init(database: GuardedMariaDBClient) { self.init(database: database, migrations: Migration.all) }

    init(database: GuardedMariaDBClient, migrations: [Migration]) {
        self.database = database
        self.migrations = migrations
    }

    /// Applies what is missing, in order, under a lock, so that two that migrate at once do it once.
    ///
    /// MariaDB commits each DDL statement by itself, so a step that was interrupted is run again from its start; the
    /// steps are written so that this is harmless.
    ///
    /// - Returns: The migrations that were applied now.
    /// - Throws: ``SchemaMismatch`` when the database has steps that this build does not know or knows differently,
    ///   ``StoreUnavailable`` when it can't be reached.
    public func migrate() async throws -> [Migration] {
        let migrations = migrations
        return try await database.onConnection { connection in
            try Self.lock(connection)
            defer { _ = try? connection.query("SELECT RELEASE_LOCK(CONCAT('flashsale.', DATABASE()))") }
            let patience = try Self.setLockWait(Self.lockWaitSeconds, connection)
            defer { _ = try? Self.setLockWait(patience, connection) }
            try connection.executeText(Self.table)
            let applied = try Self.applied(connection)
            try Self.refuseUnknown(applied, migrations)
            let missing = migrations.filter { applied[$0.version] == nil }
            for migration in missing {
                try connection.executeText(migration.sql)
                try connection.execute(
                    "INSERT INTO schema_migrations (version, name, checksum) VALUES (?, ?, ?)",
                    [.integer(Int64(migration.version)), .string(migration.name), .string(migration.checksum)]
                )
            }
            return missing
        }
    }

    /// How long a step waits for the locks of its tables, in seconds: longer than any transaction of ours lasts, and than the
    /// steps of other databases on the same server.
    private static let lockWaitSeconds = 60

    /// Sets how long the session waits for row and dictionary locks, in seconds.
    ///
    /// - Returns: What it was before.
    private static func setLockWait(_ seconds: Int, _ connection: MariaDBConnection) throws -> Int {
        let row = try connection.query("SELECT @@innodb_lock_wait_timeout AS seconds").first
        try connection.executeText("SET SESSION innodb_lock_wait_timeout = \(seconds)")
        return try row?.int("seconds") ?? seconds
    }

    /// Waits up to a minute for another migration, a second at a time: the client gives no statement a minute.
    private static func lock(_ connection: MariaDBConnection) throws {
        for _ in 0..<60 {
            let row = try connection.query("SELECT GET_LOCK(CONCAT('flashsale.', DATABASE()), 1) AS taken").first
            if try row?.optionalInt("taken") == 1 { return }
        }
        throw StoreUnavailable(reason: "another migration is running on this database: try again when it has ended")
    }

    /// Throws ``SchemaMismatch`` unless the database has exactly this build's schema.
    public func check() async throws {
        let migrations = migrations
        try await database.onConnection { connection in
            let tables = try connection.query(
                """
                SELECT 1 AS found FROM information_schema.tables
                WHERE table_schema = DATABASE() AND table_name = 'schema_migrations'
                """
            )
            let applied = tables.isEmpty ? [:] : try Self.applied(connection)
            try Self.refuseUnknown(applied, migrations)
            let missing = migrations.filter { applied[$0.version] == nil }
            if !missing.isEmpty { throw SchemaMismatch.missing(missing.map(\.version)) }
        }
    }

    /// Drops our tables and makes them anew.
    ///
    /// All data is gone; tables that are not ours stay.
    public func reset() async throws {
        let ours = migrations.flatMap(\.tables).reversed() + ["schema_migrations"]
        try await database.onConnection { connection in
            try connection.executeText("DROP TABLE IF EXISTS \(ours.joined(separator: ", "))")
        }
        _ = try await migrate()
    }

    private static let table = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version    INT UNSIGNED NOT NULL PRIMARY KEY,
            name       VARCHAR(200) NOT NULL,
            checksum   CHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
            applied_at DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
        ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
        """

    private static func applied(_ connection: MariaDBConnection) throws -> [Int: String] {
        let rows = try connection.query("SELECT version, checksum FROM schema_migrations")
        return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.int("version"), try $0.string("checksum")) })
    }

    private static func refuseUnknown(_ applied: [Int: String], _ migrations: [Migration]) throws {
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.version, $0.checksum) })
        let unknown = applied.keys.filter { known[$0] == nil }.sorted()
        if !unknown.isEmpty { throw SchemaMismatch.unknown(unknown) }
        let changed = applied.filter { known[$0.key] != $0.value }.keys.sorted()
        if !changed.isEmpty { throw SchemaMismatch.changed(changed) }
    }
}

/// The database's schema is not the one this build works with.
public enum SchemaMismatch: Error, Sendable, Equatable, CustomStringConvertible {
    /// Migrations that were not applied.
    case missing([Int])
    /// Applied migrations that this build does not know.
    case unknown([Int])
    /// Applied migrations whose text differs from this build's.
    case changed([Int])

    /// What is wrong and what to run.
    public var description: String {
        switch self {
        case .missing(let versions):
            "the database lacks \(Self.list(versions)). Run: flashsale migrate"
        case .unknown(let versions):
            "the database has \(Self.list(versions)), which this build does not know. Run the build that applied it, or a newer one"
        case .changed(let versions):
            "\(Self.list(versions)) was applied with another text. Run the build that applied it, or restore the database"
        }
    }

    private static func list(_ versions: [Int]) -> String {
        (versions.count == 1 ? "migration " : "migrations ") + versions.map { "V\($0)" }.joined(separator: ", ")
    }
}
