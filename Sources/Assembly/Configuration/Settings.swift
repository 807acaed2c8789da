import FlashSaleAPI
import Logging

/// The table of all settings: each is described here, and nowhere else.
///
/// From it come the typed configurations, `--help`, `flashsale config`, `config/flashsale.yaml`, and every message
/// about a wrong value or an unknown key.
public enum Settings {
    private static let all: Set<Program> = [.api, .worker, .command]

    /// Every setting, in the order of help and file.
    public static let definitions: [SettingDefinition] = [
        profile.definition,
        httpHost.definition, httpPort.definition, httpMaxConnections.definition, httpMaxInFlight.definition,
        eventsMaxStreams.definition,
        redisAddress.definition, redisUsername.definition, redisPassword.definition, redisDatabase.definition,
        redisTLSCAFile.definition, redisCommandTimeout.definition, redisConnectTimeout.definition,
        redisMaxInFlight.definition,
        mariadbAddress.definition, mariadbUser.definition, mariadbPassword.definition, mariadbDatabase.definition,
        mariadbTLS.definition, mariadbTLSCAFile.definition, mariadbConnections.definition,
        mariadbMigrationUser.definition, mariadbMigrationPassword.definition,
        breakerFailures.definition, breakerOpen.definition,
        lineRateLimit.definition, lineCartRenewal.definition, linePollAfter.definition, linePollAfterMax.definition,
        workerBatchSize.definition, workerID.definition, workerLease.definition, workerMaxProducts.definition,
        workerHealthHost.definition, workerHealthPort.definition,
        paymentsSignature.definition, paymentsSecret.definition,
        pagesEnabled.definition, pagesIdentity.definition, pagesSecret.definition, pagesSimulatedPayments.definition,
        drawSigningKey.definition,
        outboxURL.definition, outboxSecret.definition, outboxMaxAttempts.definition, outboxRetryBase.definition,
        adminHost.definition, adminPort.definition, adminKey.definition,
        apiURL.definition,
        logLevel.definition, logFormat.definition,
    ]

    // MARK: HTTP

    static let httpHost = Setting(
        "http.host",
        .host,
        default: "127.0.0.1",
        for: [.api],
        "The address the API listens on; 0.0.0.0 takes connections from everywhere."
    )
    static let httpPort = Setting(
        "http.port",
        .integer(in: 0...65_535),
        default: 8080,
        for: [.api],
        "The TCP port the API listens on; 0 takes any free one."
    )
    static let httpMaxConnections = Setting(
        "http.max-connections",
        .integer(in: 1...1_000_000, unit: "connections"),
        default: 24_000,
        for: [.api],
        "How many clients may be connected at once. Further ones wait in the kernel."
    )

    // MARK: Redis

    static let redisAddress = Setting(
        "redis.address",
        .redisAddress,
        default: ServerAddress(.tcp(host: "127.0.0.1", port: 6379)),
        for: all,
        "Where Redis listens. rediss:// is TLS, with the server's certificate verified."
    )
    static let redisUsername = Setting(
        "redis.username",
        optional: .text,
        for: all,
        "The ACL user to log in as; without it, Redis's default user."
    )
    static let redisPassword = Setting(
        "redis.password",
        optional: .secret,
        for: all,
        isSecret: true,
        "The password of that user."
    )
    static let redisDatabase = Setting(
        "redis.database",
        .integer(in: 0...65_535),
        default: 0,
        for: all,
        "The number of the database that holds the lines."
    )
    static let redisTLSCAFile = Setting(
        "redis.tls-ca-file",
        optional: .file,
        for: all,
        "The certificates (PEM) that Redis's must be signed by, with rediss://; without it, the system's."
    )
    static let redisCommandTimeout = Setting(
        "redis.command-timeout",
        .duration(in: .milliseconds(10) ... .seconds(60)),
        default: .seconds(1),
        for: all,
        "How long to wait for Redis's answer to a command."
    )
    static let redisConnectTimeout = Setting(
        "redis.connect-timeout",
        .duration(in: .milliseconds(10) ... .seconds(60)),
        default: .seconds(1),
        for: all,
        "How long a connection to Redis may take to become usable."
    )
    static let redisMaxInFlight = Setting(
        "redis.max-in-flight",
        .integer(in: 1...1_048_576, unit: "commands"),
        default: 16_384,
        for: all,
        "How many commands may wait for their answers on one connection. Further ones are refused at once."
    )

    // MARK: MariaDB

    static let mariadbAddress = Setting(
        "mariadb.address",
        .mariadbAddress,
        default: ServerAddress(.tcp(host: "127.0.0.1", port: 3306)),
        for: all,
        "Where MariaDB listens."
    )
    static let mariadbUser = Setting(
        "mariadb.user",
        .name,
        default: "flashsale",
        for: all,
        "The user to log in as. It needs SELECT, INSERT, UPDATE and DELETE, nothing else."
    )
    static let mariadbPassword = Setting(
        "mariadb.password",
        optional: .secret,
        for: all,
        isSecret: true,
        "The password of that user."
    )
    static let mariadbDatabase = Setting(
        "mariadb.database",
        .name,
        default: "flashsale",
        for: all,
        "The database that holds products, decisions and orders."
    )
    static let mariadbTLS = Setting(
        "mariadb.tls",
        SettingKind<Switch>.choice,
        default: .off,
        for: all,
        "Whether to encrypt the connections and verify the server's certificate."
    )
    static let mariadbTLSCAFile = Setting(
        "mariadb.tls-ca-file",
        optional: .file,
        for: all,
        "The certificates (PEM) that MariaDB's must be signed by, with mariadb.tls on; without it, the system's."
    )
    static let mariadbConnections = Setting(
        "mariadb.connections",
        .integer(in: 1...256, unit: "connections"),
        default: 2,
        workerDefault: 4,
        for: all,
        "How many connections to MariaDB to hold, each with a thread of its own."
    )
    static let mariadbMigrationUser = Setting(
        "mariadb.migration-user",
        optional: .name,
        for: [.command],
        "The user that may change tables, for `flashsale migrate`; without it, mariadb.user."
    )
    static let mariadbMigrationPassword = Setting(
        "mariadb.migration-password",
        optional: .secret,
        for: [.command],
        isSecret: true,
        "The password of that user."
    )

    // MARK: The line

    static let lineRateLimit = Setting(
        "line.rate-limit",
        .integer(in: 0...100_000, unit: "calls"),
        default: 10,
        for: [.api],
        "How often a minute a user may call for a place they already have; 0 sets no limit. First calls are free."
    )
    static let lineCartRenewal = Setting(
        "line.cart-renewal",
        SettingKind<PurchaseAPI.CartRenewal>.choice,
        default: .poll,
        for: [.api],
        "What keeps the cart of a waiting user alive: poll, each status request; never, nothing."
    )
    static let linePollAfter = Setting(
        "line.poll-after",
        .duration(in: .milliseconds(100) ... .seconds(60)),
        default: .seconds(1),
        for: [.api],
        "The least time after which clients are told to ask for their status again."
    )

    // MARK: The worker

    static let workerBatchSize = Setting(
        "worker.batch-size",
        .integer(in: 1...500, unit: "entries"),
        default: 50,
        for: [.worker],
        "How many entries of a line are claimed and settled together."
    )
    static let workerID = Setting(
        "worker.id",
        optional: .text,
        for: [.worker],
        "The name this worker holds its leases under; without it, HOST-PID."
    )
    static let workerLease = Setting(
        "worker.lease",
        .duration(in: .seconds(1) ... .seconds(60)),
        default: .seconds(2),
        for: [.worker],
        "How long a product stays with a worker that is not heard of any more."
    )
    static let workerMaxProducts = Setting(
        "worker.max-products",
        .integer(in: 1...10_000, unit: "products"),
        default: 100,
        for: [.worker],
        "How many products this worker serves at the same time. Others are left to other workers."
    )
    static let workerHealthHost = Setting(
        "worker.health-host",
        .host,
        default: "127.0.0.1",
        for: [.worker],
        "The address the worker's /health, /ready and /metrics listen on."
    )
    static let workerHealthPort = Setting(
        "worker.health-port",
        .integer(in: 0...65_535),
        default: 8081,
        for: [.worker],
        "The TCP port of the worker's /health, /ready and /metrics; 0 takes any free one."
    )

    // MARK: Logging

    static let logLevel = Setting(
        "log.level",
        SettingKind<Logger.Level>.choice,
        default: .info,
        for: all,
        "The least important messages that are logged."
    )
    static let logFormat = Setting(
        "log.format",
        SettingKind<LogSettings.Format>.choice,
        default: .auto,
        for: all,
        "How messages look: text for people, json for programs, auto is text on a terminal and json elsewhere."
    )
}

/// A setting that is on or off.
enum Switch: String, Sendable, CaseIterable {
    case off
    case on
}
