/// Where a value comes from.
public enum SettingSource: Sendable, Equatable, CustomStringConvertible {
    /// This option of the command line.
    case commandLine(option: String)
    /// This environment variable.
    case environment(variable: String)
    /// The configuration file at this path.
    case file(path: String)
    /// The program's default.
    case programDefault

    /// For a person.
    public var description: String {
        switch self {
        case .commandLine(let option): "command line (\(option))"
        case .environment(let variable): "environment variable \(variable)"
        case .file(let path): path
        case .programDefault: "default"
        }
    }
}

/// All that is wrong with a configuration, found in one go.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One problem.
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// The setting, as the user named it; nil when the problem is not about one.
        public let key: String?
        /// Where it was found; nil when it is nowhere in particular.
        public let source: SettingSource?
        /// What is wrong, and what is allowed; it never holds a secret.
        public let message: String

        init(key: String? = nil, source: SettingSource? = nil, _ message: String) {
            self.key = key
            self.source = source
            self.message = message
        }

        /// On one line.
        public var description: String {
            let place = source.map { " (\($0))" } ?? ""
            return key.map { "\($0)\(place): \(message)" } ?? "\(message)\(place)"
        }
    }

    /// The problems, in the order they were found.
    public let problems: [Problem]

    /// A line for each problem.
    public var description: String {
        (["The configuration is not valid:"] + problems.map { "  \($0)" }).joined(separator: "\n")
    }
}
