import Foundation
public import Logging
import Metrics
import NIOCore

/// What `flashsale-api` and `flashsale-worker` have in common: read the configuration, run, and end with an exit code that
/// a supervisor understands.
public enum ProgramRun {
    /// Exit codes, the same for every program.
    public enum ExitCode {
        /// It ended as it was asked to.
        public static let success: Int32 = 0
        /// It could not go on.
        public static let failure: Int32 = 1
        /// The command line, the environment or the configuration file is wrong.
        public static let configuration: Int32 = 2
        /// A store is out of reach.
        public static let storeUnavailable: Int32 = 3
    }

    /// Runs a program with this process's command line and environment.
    ///
    /// - Returns: The process's exit code.
    public static func main<Configuration: ProgramConfiguration>(
        _ run: (Configuration, PrometheusMetrics, Logger) async throws -> Void
    ) async -> Int32 where Configuration: LoggedConfiguration {
        let sources = ConfigurationSources(
            arguments: Array(CommandLine.arguments.dropFirst()),
            environment: ProcessInfo.processInfo.environment
        )
        let name = Configuration.program.rawValue
        do throws(ConfigurationError) {
            switch try Configuration.invocation(sources) {
            case .help(let text):
                print(text)
                return ExitCode.success
            case .run(let configuration):
                configuration.log.bootstrapLoggingSystem(environment: sources.environment)
                let metrics = PrometheusMetrics(help: MetricHelp.texts)
                MetricsSystem.bootstrap(metrics)
                return await exitCode(name) { try await run(configuration, metrics, Logger(label: name)) }
            }
        } catch {
            report(name, "\(error)")
            return ExitCode.configuration
        }
    }

    private static func exitCode(_ name: String, _ run: () async throws -> Void) async -> Int32 {
        do {
            try await run()
            return ExitCode.success
        } catch let error as StartFailure {
            report(name, error.description)
            return error.exitCode
        } catch {
            report(name, "\(error)")
            return ExitCode.failure
        }
    }

    private static func report(_ name: String, _ text: String) {
        FileHandle.standardError.write(Data("\(name): \(text)\n".utf8))
    }
}

/// A configuration that says how to log.
public protocol LoggedConfiguration {
    /// What is logged, and how it looks.
    var log: LogSettings { get }
}

extension APIConfiguration: LoggedConfiguration {}
extension WorkerConfiguration: LoggedConfiguration {}

/// Why a program did not start, in words for whoever started it.
struct StartFailure: Error, CustomStringConvertible {
    let description: String
    let exitCode: Int32

    /// The port that a listener could not have.
    static func portProblem(_ key: String, _ port: Int, _ error: any Error) -> any Error {
        guard let error = error as? IOError, error.errnoCode == EADDRINUSE || error.errnoCode == EACCES else {
            return error
        }
        let problem = error.errnoCode == EADDRINUSE ? "is in use by another process" : "needs privileges that we lack"
        return StartFailure(
            description: "port \(port) \(problem). Choose another one with --\(key.replacing(".", with: "-"))",
            exitCode: ProgramRun.ExitCode.failure
        )
    }
}
