extension ChildProcess {
    /// A process that has ended, with all it wrote.
    public struct Finished: Sendable {
        /// How it ended.
        public let exit: Exit
        /// What it wrote to standard output, each line ending with a line break; the first 16 MB of it.
        public let standardOutput: String
        /// What it wrote to standard error, likewise.
        public let standardError: String
    }

    /// Runs a program to its end and collects its output; `launch`'s own outputs are not used.
    ///
    /// At the deadline the process is killed.
    /// - Throws: `LocalServerError` with `.timedOut` and the last lines of its output, or as `start(_:)` does. The exit
    ///   code is not looked at.
    public static func run(_ launch: Launch, within deadline: Duration) async throws -> Finished {
        let output = Locked("")
        let error = Locked("")
        var launch = launch
        launch.standardOutput = .lines { line in output.appendLine(line) }
        launch.standardError = .lines { line in error.appendLine(line) }
        let child = try await start(launch)
        guard let exit = await child.waitForExit(within: deadline) else {
            await child.kill()
            let text = lastLines(of: output.withValue { $0 } + error.withValue { $0 })
            throw LocalServerError(.timedOut, "\(launch.executable) did not end within \(deadline).\n\(text)")
        }
        return Finished(exit: exit, standardOutput: output.withValue { $0 }, standardError: error.withValue { $0 })
    }
}

extension Locked<String> {
    fileprivate func appendLine(_ line: String) {
        withValue { text in
            guard text.utf8.count < 16 * 1_048_576 else { return }
            text += line + "\n"
        }
    }
}

/// The last ten lines of a text, as an error message shows them.
func lastLines(of text: String) -> String {
    text.split(separator: "\n").suffix(10).map { "  | \($0)" }.joined(separator: "\n")
}
