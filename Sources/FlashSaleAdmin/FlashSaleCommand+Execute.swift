import ArgumentParser
import Assembly

extension FlashSaleCommand {
    /// Runs the command that the arguments name, and reports what went wrong on standard error.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Returns: The process's exit code, one of `ProgramRun.ExitCode`.
    public static func execute(_ arguments: [String]) async -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ProgramRun.ExitCode.success
        } catch {
            let ending = Ending(error)
            if ending.exitCode == ProgramRun.ExitCode.success {
                Console.standardOutput.write(ending.text)
            } else {
                Console.standardError.write(ending.text)
            }
            return ending.exitCode
        }
    }

    /// How a command that threw ends: help and versions are thrown as well, and end well.
    struct Ending: Equatable {
        let exitCode: Int32
        let text: String

        init(_ error: any Error) {
            if let failure = CommandFailure(error) {
                exitCode = failure.exitCode
                text = "Error: \(failure)"
                return
            }
            let code = FlashSaleCommand.exitCode(for: error)
            // The parser's own code for wrong usage is sysexits' 64.
            exitCode = code == .validationFailure ? ProgramRun.ExitCode.configuration : code.rawValue
            text = FlashSaleCommand.fullMessage(for: error)
        }
    }
}
