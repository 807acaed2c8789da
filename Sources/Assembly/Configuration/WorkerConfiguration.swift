import Glibc

/// The configuration of `flashsale-worker`.
public struct WorkerConfiguration: ProgramConfiguration, Equatable {
    /// `flashsale-worker`.
    public static let program = Program.worker

    /// How the worker serves.
    public struct Worker: Sendable, Equatable {
        /// How many entries are claimed and settled together.
        public var batchSize: Int
        /// The name it holds its leases under.
        public var id: String
        /// How long a product stays with a worker that is not heard of any more.
        public var lease: Duration
        /// How many products it serves at the same time.
        public var maxProducts: Int
        /// The address that `/health`, `/ready` and `/metrics` listen on.
        public var healthHost: String
        /// The port of those; 0 takes any free one.
        public var healthPort: Int
    }

    /// What the stores have to be like.
    public var profile: Profile
    /// How the worker serves.
    public var worker: Worker
    /// How to reach Redis.
    public var redis: RedisSettings
    /// How to reach MariaDB.
    public var mariadb: MariaDBSettings
    /// When MariaDB is not asked any more because it keeps failing.
    public var breaker: BreakerSettings
    /// Where messages to the shop go.
    public var outbox: OutboxSettings
    /// What is logged, and how it looks.
    public var log: LogSettings

    /// Reads the settings.
    public init(reading reader: inout SettingReader) {
        profile = reader.read(Settings.profile)
        redis = RedisSettings(reading: &reader)
        mariadb = MariaDBSettings(reading: &reader)
        breaker = BreakerSettings(reading: &reader)
        worker = Worker(
            batchSize: reader.read(Settings.workerBatchSize),
            id: reader.read(Settings.workerID) ?? Self.defaultID,
            lease: reader.read(Settings.workerLease),
            maxProducts: reader.read(Settings.workerMaxProducts),
            healthHost: reader.read(Settings.workerHealthHost),
            healthPort: reader.read(Settings.workerHealthPort)
        )
        outbox = OutboxSettings(reading: &reader)
        log = LogSettings(reading: &reader)
    }

    /// HOST-PID: two workers that run at the same time never share it.
    private static var defaultID: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(host.isEmpty ? "host" : host)-\(getpid())"
    }
}
