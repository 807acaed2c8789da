/// What is printed of the table of settings.
public enum ConfigurationHelp {
    private static let width = 100

    /// The `--help` of a program.
    public static func text(for program: Program) -> String {
        let purpose =
            switch program {
            case .api: "Puts shoppers in line and tells them where they stand."
            case .worker: "Serves the lines in order, settles purchases, and tells the shop."
            case .command: "Operates a flash sale."
            }
        let definitions = Settings.definitions.filter { $0.programs.contains(program) }
        return """
            \(program.rawValue): \(purpose)

            Usage: \(program.rawValue) [--config FILE] [--OPTION VALUE]...

            A setting is taken from the command line, else from its environment variable, else from the
            configuration file (--config, FLASHSALE_CONFIG or \(ConfigurationSources.defaultFile)), else it has its
            default. Secrets come from the environment or from a file of their own, never from the command line.

            \(definitions.map { entry($0, program) }.joined(separator: "\n\n"))

            \(indented("--config FILE", "The configuration file, in YAML."))

            \(indented("--help", "Prints this text."))

            """
    }

    private static func entry(_ definition: SettingDefinition, _ program: Program) -> String {
        let option =
            definition.isSecret ? "\(definition.option)-file FILE" : "\(definition.option) \(definition.placeholder)"
        let fallback = definition.isSecret ? nil : definition.defaultText(for: program)
        let variables =
            definition.isSecret ? "\(definition.variable) or \(definition.variable)_FILE" : definition.variable
        return indented(
            option,
            definition.documentation,
            "Allowed: \(definition.expected)",
            "Default: \(fallback ?? "none")",
            "Environment: \(variables)"
        )
    }

    private static func indented(_ title: String, _ paragraphs: String...) -> String {
        let lines = paragraphs.flatMap { wrapped($0, width: width - 6) }
        return "  \(title)\n" + lines.map { "      \($0)" }.joined(separator: "\n")
    }

    /// The text of `config/flashsale.yaml`: every setting, commented out, with its default.
    public static var exampleFile: String {
        let header = """
            # The configuration of flashsale-api, flashsale-worker and flashsale.
            #
            # Every setting is here with its default, commented out: remove the # in front of a line to change it.
            # The command line (--http-port 8080) and the environment (FLASHSALE_HTTP_PORT=8080) win over this file.
            # Passwords do not stand here: set FLASHSALE_REDIS_PASSWORD, or name a file that holds it, below.

            """
        return header + Settings.definitions.map { "\n\(fileEntry($0))\n" }.joined()
    }

    private static func fileEntry(_ definition: SettingDefinition) -> String {
        let programs = Program.allCases.filter(definition.programs.contains)
        let defaults = programs.map { ($0, definition.defaultText(for: $0)) }
        var facts = [definition.documentation, "Allowed: \(definition.expected)."]
        if programs.count < Program.allCases.count {
            facts.append("For \(programs.map(\.rawValue).joined(separator: " and ")).")
        }
        if Set(defaults.map(\.1)).count > 1 {
            facts.append(
                "Default: \(defaults.map { "\($0.1 ?? "none") in \($0.0.rawValue)" }.joined(separator: ", "))."
            )
        }
        let example =
            definition.isSecret
            ? "#\(definition.fileKey): /run/secrets/\(definition.option.dropFirst(2))"
            : "#\(definition.key): \(defaults.first?.1 ?? "")".trimmingTrailingBlanks
        return (wrapped(facts.joined(separator: " "), width: width).map { "# \($0)" } + [example]).joined(
            separator: "\n"
        )
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? lines : lines + [line]
    }
}

extension String {
    fileprivate var trimmingTrailingBlanks: String {
        String(reversed().drop(while: { $0 == " " }).reversed())
    }
}
