import Glibc
public import Logging

/// What is logged, and how it looks.
public struct LogSettings: Sendable, Equatable {
    /// How lines look.
    public enum Format: String, Sendable, CaseIterable {
        /// Text on a terminal, JSON elsewhere.
        case auto
        /// Text; with colours on a terminal.
        case text
        /// JSON.
        case json
    }

    /// The least important level that is logged.
    public var level: Logger.Level
    /// How lines look.
    public var format: Format

    /// Settings; by default those of a program that is given none.
    public init(level: Logger.Level = .info, format: Format = .auto) {
        self.level = level
        self.format = format
    }

    /// Makes every logger of the process write to standard error in this way.
    ///
    /// Once per process, before the first logger is made: swift-log stops the program otherwise.
    public func bootstrapLoggingSystem(environment: [String: String]) {
        let lineFormat = format.lineFormat(isTerminal: isatty(STDERR_FILENO) == 1, environment: environment)
        let level = level
        LoggingSystem.bootstrap(
            { label, metadataProvider in
                LineLogHandler(label: label, level: level, format: lineFormat, metadataProvider: metadataProvider)
            },
            metadataProvider: nil
        )
    }
}

extension LogSettings.Format {
    /// What is written to a standard error that is a terminal, or is not.
    ///
    /// A terminal called `dumb` knows no colours, and who sets `NO_COLOR` wants none (no-color.org).
    func lineFormat(isTerminal: Bool, environment: [String: String]) -> LogLineFormat {
        let wantsColour = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        return switch self {
        case .json: .json
        case .auto where !isTerminal: .json
        case .auto, .text: .text(colour: isTerminal && wantsColour)
        }
    }
}
