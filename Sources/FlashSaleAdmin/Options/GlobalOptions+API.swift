import Assembly
import Foundation
import LocalServers

extension GlobalOptions {
    /// The URL of the API: of the one that runs on the data folder of `--data`, else the setting `api.url`.
    ///
    /// - Throws: ``CommandFailure`` when nothing runs on that folder; `ConfigurationError`.
    func apiURL() throws -> String {
        if let port = try runningFolder()?.httpPort { return APIExamples.url(host: "127.0.0.1", port: port) }
        return try Assembly.CommandConfiguration.load(sources()).apiURL
    }

    /// How that API has payment events signed: with `--data`, as `flashsale dev` decides it.
    ///
    /// - Throws: As ``apiURL()``.
    func payments(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> PaymentSettings {
        var sources = try sources(environment: environment)
        if dataFolder != nil {
            for setting in DevDefaults.payments(try Assembly.CommandConfiguration.rows(sources)) {
                sources.environment[DataFolderSettings.variable(setting.key)] = setting.value
            }
        }
        return try Assembly.CommandConfiguration.load(sources).payments
    }
}
