import Assembly
import Foundation
import Glibc
import LocalServers

/// One run of `flashsale dev`: start everything, watch it, stop it.
struct DevRun {
    let options: DevOptions
    let folder: DevFolder
    let settings: DevSettings
    let fleet = Fleet()
    let printer = LogPrinter(width: "worker-16".count)

    init(options: DevOptions, environment: [String: String]) throws(CommandFailure) {
        self.options = options
        folder = DevFolder(options.dataFolder)
        settings = try DevSettings(options, environment: environment)
    }

    /// Runs until a signal asks to stop.
    ///
    /// - Throws: ``CommandFailure``, `ConfigurationError` or `LocalServerError` when something did not start or died.
    ///   Everything that was started has ended by then.
    func untilStopped() async throws {
        let programs = try Programs(
            api: SiblingProgram.path("flashsale-api"),
            worker: SiblingProgram.path("flashsale-worker"),
            apiHost: settings.apiConfiguration().http.host
        )
        try folder.check()
        let lock = try takeLock()
        let signals = StopSignals { [fleet] in
            fleet.killAll()
            // What else there is ends with us: the kernel sees to it.
            _exit(128 + SIGINT)
        }
        defer { signals.stop() }
        let outcome = await FirstEnd.of(
            {
                await signals.wait()
                if !Task.isCancelled { say("Stopping… (Ctrl-C again kills at once)") }
            },
            {
                try await start(programs, lock)
                try await fleet.waitForUnexpectedEnd()
            }
        )
        if outcome.isFailure, !fleet.isEmpty { say("Stopping everything…") }
        await fleet.stop()
        lock.release()
        try outcome.get()
        say("Stopped. The data stays in \(options.dataFolder).")
    }

    /// The programs to start, by their paths, and where the API will listen.
    struct Programs {
        let api: String
        let worker: String
        let apiHost: String
    }

    /// A line of our own.
    func say(_ text: String) { Console.standardOutput.write(text) }

    private func takeLock() throws -> DataFolder {
        do {
            return try DataFolder.lock(folder.url)
        } catch let error as LocalServerError where error.code == .alreadyRunning {
            throw CommandFailure.refused(
                "\(error.message)\nStop it, or run beside it: flashsale dev --data OTHER --port \(options.port + 1)"
            )
        }
    }
}

extension Result<Void, any Error> {
    fileprivate var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
