import Foundation
import Glibc

/// What the two servers have in common: a process that can be started again on the same data, and its log.
final class ServerProcess: Sendable {
    let name: String
    let logFile: String
    private let launch: ChildProcess.Launch
    private let startDeadline: Duration
    private let isReady: @Sendable () async -> Bool
    private let current: Locked<ChildProcess?> = Locked(nil)

    /// A server that is not started yet.
    ///
    /// Both outputs of `launch` go to the log file; the log of the run before is kept as `….old`. `isReady` asks the
    /// server, once, whether it answers.
    init(
        name: String,
        launch: ChildProcess.Launch,
        logFile: String,
        startDeadline: Duration,
        isReady: @escaping @Sendable () async -> Bool
    ) {
        self.name = name
        self.logFile = logFile
        self.startDeadline = startDeadline
        self.isReady = isReady
        var launch = launch
        launch.standardOutput = .file(logFile)
        launch.standardError = .file(logFile)
        self.launch = launch
        rename(logFile, "\(logFile).old")
    }

    /// The process of the moment; nil before the first start.
    var process: ChildProcess? { current.withValue { $0 } }

    /// Starts the process and waits until it answers; does nothing when it runs already.
    func start() async throws {
        if let process, process.isRunning { return }
        let child = try await ChildProcess.start(launch)
        current.withValue { $0 = child }
        let clock = ContinuousClock()
        let deadline = clock.now + startDeadline
        while true {
            if let exit = child.exit {
                throw LocalServerError(.exited, "\(name) ended with \(exit) while it was starting.\n\(logTail())")
            }
            if await isReady() { return }
            guard clock.now < deadline else {
                await child.kill()
                throw LocalServerError(.timedOut, "\(name) did not answer within \(startDeadline).\n\(logTail())")
            }
            do {
                try await Task.sleep(for: .milliseconds(20))
            } catch {
                await child.kill()
                throw error
            }
        }
    }

    func terminate(within deadline: Duration) async {
        await process?.terminate(within: deadline)
    }

    func kill() async {
        await process?.kill()
    }

    /// The last lines of the server's own log, for an error message.
    func logTail() -> String {
        guard let file = FileHandle(forReadingAtPath: logFile) else { return "" }
        defer { try? file.close() }
        let length = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: length > 8_192 ? length - 8_192 : 0)
        let tail = (try? file.readToEnd()) ?? nil
        return lastLines(of: String(decoding: tail ?? Data(), as: UTF8.self)) + "\n  (\(logFile))"
    }
}
