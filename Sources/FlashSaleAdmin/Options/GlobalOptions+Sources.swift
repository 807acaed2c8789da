import Assembly
import Foundation
import LocalServers

extension GlobalOptions {
    /// Where the settings of a command are looked for: `--set`, the running data folder, the environment, the file.
    ///
    /// - Throws: ``CommandFailure`` when nothing runs on the folder of `--data`.
    func sources(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> ConfigurationSources {
        var arguments = settings.map { "--\($0.key)=\($0.value)" }
        if let configurationFile { arguments += ["--config", configurationFile] }
        guard let running = try runningFolder() else {
            return ConfigurationSources(arguments: arguments, environment: environment)
        }
        let stores = DataFolderSettings(running, try running.credentials())
        return ConfigurationSources(
            arguments: arguments + stores.plain.map { "--\($0.key)=\($0.value)" },
            // Passwords may not stand on a command line, not even on one that nobody sees.
            environment: DataFolderSettings.removingStores(from: environment)
                .merging(stores.passwords) { $1 }
                .merging(stores.migration) { $1 }
        )
    }

    /// What runs on the folder of `--data`; nil without that option.
    ///
    /// - Throws: ``CommandFailure`` when nothing runs there.
    func runningFolder() throws -> DataFolderState? {
        guard let dataFolder else { return nil }
        guard let state = try DataFolder.runningState(in: URL(fileURLWithPath: dataFolder)) else {
            throw CommandFailure.usage(
                """
                No flashsale dev runs on the data folder \(dataFolder).
                Start it in another terminal: flashsale dev --data \(ShellWord(dataFolder))
                """
            )
        }
        return state
    }
}
