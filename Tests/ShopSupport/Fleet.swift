import Foundation
public import LocalServers
import NIOConcurrencyHelpers

/// The processes of one test, with the last lines that they said.
public final class Fleet: Sendable {
    private struct State {
        var children: [(program: String, process: ChildProcess)] = []
        var lines: [String] = []
    }

    private let state = NIOLockedValueBox(State())
    private let environment: [String: String]

    /// No processes yet; those to come get these variables.
    public init(environment: [String: String]) { self.environment = environment }

    /// The last lines of all processes.
    public var log: String { state.withLockedValue { $0.lines.suffix(40).joined(separator: "\n") } }

    /// All lines that contain a text.
    public func lines(containing text: String) -> [String] {
        state.withLockedValue { $0.lines.filter { $0.contains(text) } }
    }

    /// Starts a binary of ours with these settings.
    public func start(
        _ program: String,
        _ settings: [String: String] = [:],
        arguments: [String] = []
    ) async throws -> ChildProcess {
        var environment = inherited.merging(environment) { $1 }
        for (key, value) in settings {
            let name = key.uppercased().replacing(".", with: "_").replacing("-", with: "_")
            environment["FLASHSALE_\(name)"] = value
        }
        let child = try await ChildProcess.start(
            ChildProcess.Launch(
                try Self.path(of: program),
                arguments,
                environment: environment,
                standardOutput: keep(program),
                standardError: keep(program),
                deathSignal: .kill
            )
        )
        state.withLockedValue { $0.children.append((program, child)) }
        return child
    }

    /// Runs a binary of ours to its end.
    public func run(_ program: String, _ arguments: [String]) async throws -> ChildProcess.Finished {
        let environment = inherited.merging(environment) { $1 }
        let launch = ChildProcess.Launch(try Self.path(of: program), arguments, environment: environment)
        return try await ChildProcess.run(launch, within: .seconds(60))
    }

    /// Stops what still runs, as an operator would.
    ///
    /// - Parameter program: Only processes of this program; nil for all.
    public func stopAll(_ program: String? = nil) async {
        let children = state.withLockedValue { $0.children }
        for (name, child) in children.reversed() where program == nil || program == name {
            await child.terminate(within: .seconds(20))
        }
    }

    /// The binaries lie beside the test bundle, which is the program that runs.
    public static func path(of program: String) throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(program).path
    }

    /// Our environment without settings of ours.
    private var inherited: [String: String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("FLASHSALE_") }
    }

    private func keep(_ program: String) -> ChildProcess.Output {
        .lines { [state] line in
            state.withLockedValue { state in
                if state.lines.count > 20_000 { state.lines.removeFirst(10_000) }
                state.lines.append("\(program) | \(line)")
            }
        }
    }
}
