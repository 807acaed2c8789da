import ArgumentParser

/// Where a command finds its stores.
///
/// These options stand before or after the subcommand.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp(
            "The data folder of flashsale dev, .flashsale by default; other commands use what runs in it.",
            valueName: "dir"
        )
    )
    var dataFolder: String?

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration file, in YAML. (default: config/flashsale.yaml)", valueName: "file")
    )
    var configurationFile: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("One setting, such as redis.database=1; may be repeated.", valueName: "key=value")
    )
    var assignments: [String] = []

    func validate() throws {
        for assignment in assignments where SettingAssignment(assignment) == nil {
            throw ValidationError("--set takes key=value, as in --set redis.database=1; '\(assignment)' is not that.")
        }
    }

    /// What `--set` says, in its order.
    var settings: [SettingAssignment] { assignments.compactMap { SettingAssignment($0) } }
}

/// One `--set key=value`.
struct SettingAssignment: Equatable {
    let key: String
    let value: String

    /// Nil unless there is a key, an equals sign and a value.
    init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, !text.hasPrefix("="), !text.hasPrefix("-") else { return nil }
        key = String(parts[0])
        value = String(parts[1])
    }
}
