import Assembly

/// What a worker that this command starts is given.
struct WorkerSettings: Sendable {
    /// Its command line, without the program's name.
    let arguments: [String]
    /// Its whole environment.
    let environment: [String: String]
    /// Whether it delivers messages to the shop; else they wait, and are no work of its.
    let deliversMessages: Bool

    /// - Throws: `ConfigurationError` for what the worker would refuse.
    init(_ sources: ConfigurationSources) throws {
        deliversMessages = try WorkerConfiguration.load(sources).outbox.target != nil
        // The usual port belongs to the worker that runs all the time.
        let hasPort = try WorkerConfiguration.rows(sources).contains {
            $0.key == "worker.health-port" && $0.source != .programDefault
        }
        arguments = sources.arguments + (hasPort ? [] : ["--worker-health-port=0"])
        // The user that may change tables is for the operator's command alone.
        environment = sources.environment.filter { !$0.key.hasPrefix("FLASHSALE_MARIADB_MIGRATION_") }
    }
}
