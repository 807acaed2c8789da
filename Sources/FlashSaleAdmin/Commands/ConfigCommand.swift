import ArgumentParser
import Assembly

/// `flashsale config`.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "config",
        abstract: "Shows every setting, its value, and where the value comes from.",
        discussion: """
            The command line (--set) wins over FLASHSALE_… variables, those over the configuration file, and that over \
            the default. Secrets are shown as ***.

            Examples:
              flashsale config
              flashsale config --process api --json
              flashsale config --process worker --set worker.batch-size=10
            """
    )

    /// The program whose settings are shown.
    enum Process: String, ExpressibleByArgument, CaseIterable {
        case api
        case worker
        case command
    }

    @Option(help: ArgumentHelp("Whose settings: api, worker or command.", valueName: "program"))
    var process = Process.command
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let rows = try process.rows(globals.sources()).map { Row($0, dataFolder: globals.dataFolder) }
        output.print(json: Self.json(rows), text: Self.text(rows))
    }

    static func json(_ rows: [Row]) -> JSONOutput {
        [
            "settings": .array(
                rows.map { row in
                    [
                        "key": JSONOutput(row.key),
                        "value": JSONOutput(row.value.isEmpty ? nil : row.value),
                        "source": JSONOutput(row.source),
                        "documentation": JSONOutput(row.documentation),
                    ]
                }
            )
        ]
    }

    /// A line for each setting, and one below it that says what it is.
    static func text(_ rows: [Row], inColor: Bool = Console.standardOutput.usesColor) -> String {
        let table = Table(
            [.init("key"), .init("value"), .init("source")],
            rows: rows.map { [$0.key, $0.value.isEmpty ? "-" : $0.value, $0.source] }
        )
        let lines = table.rendered(inColor: inColor).split(separator: "\n")
        let explained = zip(lines.dropFirst(), rows).map { line, row in
            "\(line)\n" + TextStyle.dim.applied(to: "    \(row.documentation)", if: inColor)
        }
        return (lines.prefix(1).map(String.init) + explained).joined(separator: "\n")
    }

    /// A setting as it is shown.
    struct Row: Equatable {
        let key: String
        let value: String
        let source: String
        let documentation: String

        /// - Parameter dataFolder: The folder of `--data`, from which the stores' settings come then.
        init(_ row: SettingRow, dataFolder: String?) {
            key = row.key
            value = row.value
            if let dataFolder, DataFolderSettings.keys.contains(row.key) {
                source = "data folder \(dataFolder)"
            } else {
                source = row.source.description
            }
            documentation = Settings.definitions.first { $0.key == row.key }?.documentation ?? ""
        }
    }
}

extension ConfigCommand.Process {
    fileprivate func rows(_ sources: ConfigurationSources) throws -> [SettingRow] {
        switch self {
        case .api: try APIConfiguration.rows(sources)
        case .worker: try WorkerConfiguration.rows(sources)
        case .command: try Assembly.CommandConfiguration.rows(sources)
        }
    }
}
