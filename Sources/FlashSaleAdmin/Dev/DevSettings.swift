import Assembly
import Foundation
import LocalServers

/// The environments of the processes that `flashsale dev` starts.
struct DevSettings {
    /// Keys that the run decides by itself.
    private static let managedKeys: Set<String> = [
        "http.port", "worker.id", "worker.health-host", "worker.health-port", "mariadb.migration-user",
        "admin.port",
    ]
    private static let loopback = "127.0.0.1"

    private var base: [String: String]
    private let assignments: [SettingAssignment]

    /// Settings out of the options and our own environment, which may hold settings for the children.
    ///
    /// - Throws: ``CommandFailure`` for a `--set` that names no setting, a secret, or one that the run decides.
    init(_ options: DevOptions, environment: [String: String]) throws(CommandFailure) {
        var base = DataFolderSettings.removingStores(from: environment)
        // Our pipe is no terminal, but a person reads what comes out of it.
        let format = DataFolderSettings.variable("log.format")
        if base[format, default: ""].isEmpty { base[format] = "text" }
        if let file = options.configurationFile { base["FLASHSALE_CONFIG"] = URL(fileURLWithPath: file).path }
        for setting in options.settings { try Self.check(setting) }
        assignments = options.settings
        self.base = base
        for setting in defaults { self.base[DataFolderSettings.variable(setting.key)] = setting.value }
    }

    /// What is set because nothing else says it; nothing where the configuration is wrong, which is reported when it is
    /// loaded.
    private var defaults: DevDefaults.Settings {
        guard let api = try? apiConfiguration(), let ofAPI = try? APIConfiguration.rows(sources(of: .api)),
            let ofWorker = try? WorkerConfiguration.rows(sources(of: .worker))
        else { return [] }
        return DevDefaults.payments(ofAPI, isLoopback: api.http.isLoopback)
            + DevDefaults.pages(ofAPI, isLoopback: api.http.isLoopback) + DevDefaults.outbox(ofWorker)
    }

    private static func check(_ setting: SettingAssignment) throws(CommandFailure) {
        guard let definition = Settings.definitions.first(where: { $0.key == setting.key }) else {
            throw .usage("There is no setting '\(setting.key)'. See them with: flashsale config --process api")
        }
        guard !definition.isSecret else {
            throw .usage("\(setting.key) is a secret, which must not stand on a command line.")
        }
        let isOfStores = setting.key.hasPrefix("redis.") || setting.key.hasPrefix("mariadb.")
        let tuning: Set<String> = [
            "redis.command-timeout", "redis.connect-timeout", "redis.max-in-flight", "mariadb.connections",
        ]
        guard !managedKeys.contains(setting.key), !isOfStores || tuning.contains(setting.key) else {
            let remedy = setting.key == "http.port" ? " Use --port." : ""
            throw .usage("flashsale dev sets \(setting.key) by itself.\(remedy)")
        }
    }

    /// The API's environment.
    ///
    /// - Parameter drawKey: Signs draw documents, unless our own environment has a key for that.
    func api(port: Int, console: DevConsole, drawKey: String, stores: DataFolderSettings) -> [String: String] {
        let key = DataFolderSettings.variable("admin.key")
        var environment = with(stores, [("http.port", "\(port)"), ("admin.port", "\(console.port)")])
        environment[key + "_FILE"] = nil
        environment[key] = console.key
        let signingKey = DataFolderSettings.variable("draw.signing-key")
        if environment[signingKey] == nil, environment[signingKey + "_FILE"] == nil {
            environment[signingKey] = drawKey
        }
        return environment
    }

    /// A worker's environment.
    func worker(name: String, healthPort: Int, stores: DataFolderSettings) -> [String: String] {
        with(
            stores,
            [("worker.id", name), ("worker.health-host", Self.loopback), ("worker.health-port", "\(healthPort)")]
        )
    }

    /// The API's own settings.
    ///
    /// - Throws: `ConfigurationError` for what API or workers would refuse: better here, before anything is started.
    func apiConfiguration() throws(ConfigurationError) -> APIConfiguration {
        _ = try WorkerConfiguration.load(sources(of: .worker))
        return try APIConfiguration.load(sources(of: .api))
    }

    private func sources(of program: Program) -> ConfigurationSources {
        let keys = Set(Settings.definitions.filter { $0.programs.contains(program) }.map(\.key))
        return ConfigurationSources(
            arguments: assignments.filter { keys.contains($0.key) }.map { "--\($0.key)=\($0.value)" },
            environment: base
        )
    }

    private func with(_ stores: DataFolderSettings, _ own: [(key: String, value: String)]) -> [String: String] {
        var environment = base.merging(stores.passwords) { $1 }
        for setting in assignments.map({ ($0.key, $0.value) }) + stores.plain + own {
            environment[DataFolderSettings.variable(setting.0)] = setting.1
        }
        return environment
    }
}
