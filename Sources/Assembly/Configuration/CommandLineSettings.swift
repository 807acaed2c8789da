import Configuration

/// The settings on a command line: `--http-port 8080`, `--http.port=8080`, `--config FILE`, `--help`.
struct CommandLineSettings {
    private(set) var wantsHelp = false
    private(set) var configurationFile: String?
    private(set) var problems: [ConfigurationError.Problem] = []
    private var values: [AbsoluteConfigKey: ConfigValue] = [:]
    private var options: [String: String] = [:]
    private let program: Program

    /// Parses the arguments, without the program's own name.
    init(_ arguments: [String], program: Program) {
        self.program = program
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument != "--help", argument != "-h" else {
                wantsHelp = true
                continue
            }
            guard argument.hasPrefix("--") else {
                problems.append(.init("\(quoted(argument)) is not an option: options begin with --."))
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            var value = parts.count == 2 ? parts[1] : nil
            if value == nil, let next = rest.first, !next.hasPrefix("--") {
                value = next
                rest.removeFirst()
            }
            take(option: parts[0], value: value)
        }
    }

    var layer: SettingLayer {
        let options = options
        return SettingLayer(values: InMemoryProvider(values: values).snapshot(), allowsSecrets: false) { key in
            .commandLine(option: options[key] ?? "--\(key)")
        }
    }

    private mutating func take(option: String, value: String?) {
        let source = SettingSource.commandLine(option: option)
        let name = String(option.dropFirst(2))
        guard name != "config" else {
            if let value, configurationFile == nil {
                configurationFile = value
            } else {
                let message = value == nil ? "A path must follow it." : "It is given twice."
                problems.append(.init(key: "config", source: source, message))
            }
            return
        }
        guard let key = SettingNames.keysByOption[name], let definition = SettingNames.keys[key] else {
            problems.append(.init(unknown(option: option, name: name)))
            return
        }
        if key == definition.key, definition.isSecret {
            problems.append(.init(key: key, source: source, Self.noSecrets(definition)))
        } else if !definition.programs.contains(program) {
            let others = definition.programs.map(\.rawValue).sorted().joined(separator: " and ")
            problems.append(
                .init(key: key, source: source, "This is a setting of \(others), not of \(program.rawValue).")
            )
        } else if options[key] != nil {
            problems.append(.init(key: key, source: source, "It is given twice."))
        } else if let value {
            options[key] = option
            let components = key.split(separator: ".").map(String.init)
            values[AbsoluteConfigKey(components)] = ConfigValue(.string(value), isSecret: false)
        } else {
            problems.append(.init(key: key, source: source, "A value must follow it."))
        }
    }

    private func unknown(option: String, name: String) -> String {
        let known = SettingNames.keysByOption.filter { !$0.key.contains(".") }
            .filter { SettingNames.keys[$0.value]?.programs.contains(program) == true }.keys
        return "The option \(quoted(option)) is unknown."
            + NearestKey.hint(for: "--" + name.replacing(".", with: "-"), among: known.map { "--\($0)" } + ["--config"])
    }

    private static func noSecrets(_ definition: SettingDefinition) -> String {
        "A secret cannot be given on the command line, where every user of the machine can read it."
            + " Set \(definition.variable), or name a file that holds it: \(definition.option)-file FILE."
    }
}

/// Text from outside in quotes, its control characters escaped, cut to a length that fits a message.
func quoted(_ text: String) -> String {
    let shortened = text.count > 80 ? text.prefix(80) + "…" : text[...]
    return String(shortened).debugDescription
}
