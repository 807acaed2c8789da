import Assembly

/// Why a command failed, in words for a person, and the exit code that says so to a script.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    /// What happened and what to do about it; several lines where there is much to say.
    let description: String
    /// One of `ProgramRun.ExitCode`.
    let exitCode: Int32

    /// Refused, or failed for a reason that is neither of the others.
    static func refused(_ text: String) -> CommandFailure {
        CommandFailure(description: text, exitCode: ProgramRun.ExitCode.failure)
    }

    /// The command line or the configuration is wrong.
    static func usage(_ text: String) -> CommandFailure {
        CommandFailure(description: text, exitCode: ProgramRun.ExitCode.configuration)
    }

    /// Redis or MariaDB does not answer.
    static func outOfReach(_ text: String) -> CommandFailure {
        CommandFailure(description: text, exitCode: ProgramRun.ExitCode.storeUnavailable)
    }
}
