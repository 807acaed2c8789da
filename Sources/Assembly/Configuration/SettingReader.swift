/// Where a program's settings are looked for.
public struct ConfigurationSources: Sendable {
    /// The configuration file that is read when none is named; it may be missing.
    public static let defaultFile = "config/flashsale.yaml"

    /// The command line, without the program's name.
    public var arguments: [String]
    /// The environment.
    public var environment: [String: String]
    /// The configuration file to read when none is named.
    public var file: String

    /// Sources; by default the usual file.
    public init(arguments: [String] = [], environment: [String: String], file: String = Self.defaultFile) {
        self.arguments = arguments
        self.environment = environment
        self.file = file
    }
}

/// A setting with the value it has, as `flashsale config` shows it.
public struct SettingRow: Sendable, Equatable {
    /// The setting's name.
    public let key: String
    /// Its value as it would be written, the mask for a secret, empty for none.
    public let value: String
    /// Where the value comes from.
    public let source: SettingSource
}

/// Reads settings from their sources, and collects what is wrong with them.
///
/// The command line wins over the environment, that over the file, and that over the default.
public struct SettingReader {
    let program: Program
    /// Whether `--help` is on the command line.
    let wantsHelp: Bool
    /// One row for each setting that was read.
    private(set) var rows: [SettingRow] = []
    private var problems: [ConfigurationError.Problem]
    private let layers: [SettingLayer]

    init(program: Program, sources: ConfigurationSources) {
        self.program = program
        let commandLine = CommandLineSettings(sources.arguments, program: program)
        let environment = EnvironmentSettings(sources.environment)
        let named = commandLine.configurationFile ?? environment.configurationFile
        let file = FileSettings(path: named ?? sources.file, isRequired: named != nil)
        wantsHelp = commandLine.wantsHelp
        problems = commandLine.problems + environment.problems + file.problems
        layers = [commandLine.layer, environment.layer] + (file.layer.map { [$0] } ?? [])
    }

    /// The value of a setting; where it is wrong, its default, and a problem that ``finish()`` throws.
    mutating func read<Value>(_ setting: Setting<Value>) -> Value {
        let definition = setting.definition
        let fallback = setting.defaultValue(program)
        guard let (text, source) = find(definition) else {
            let text = definition.isSecret ? "" : definition.defaultText(for: program) ?? ""
            rows.append(SettingRow(key: definition.key, value: text, source: .programDefault))
            return fallback
        }
        rows.append(SettingRow(key: definition.key, value: definition.isSecret ? Secret.mask : text, source: source))
        guard let value = setting.parse(text) else {
            let shown = definition.isSecret ? "The value" : quoted(text)
            report(definition.key, "\(shown) is not \(definition.expected).", source: source)
            return fallback
        }
        return value
    }

    /// Records a problem that only shows when several settings are seen together.
    mutating func report(_ key: String, _ message: String, source: SettingSource? = nil) {
        problems.append(.init(key: key, source: source ?? rows.last { $0.key == key }?.source, message))
    }

    /// Whether something is wrong with a setting already: one mistake is told once.
    func hasProblem<Value>(with setting: Setting<Value>) -> Bool {
        let definition = setting.definition
        return problems.contains { $0.key == definition.key || $0.key == definition.fileKey }
    }

    /// Ends the reading.
    ///
    /// - Throws: `ConfigurationError` with every problem, if there was any.
    func finish() throws(ConfigurationError) {
        if !problems.isEmpty { throw ConfigurationError(problems: problems) }
    }

    /// The first source that has the setting, and its text there.
    private mutating func find(_ definition: SettingDefinition) -> (String, SettingSource)? {
        for layer in layers {
            let direct = definition.isSecret && !layer.allowsSecrets ? nil : text(of: definition.key, in: layer)
            let file = definition.isSecret ? text(of: definition.fileKey, in: layer) : nil
            if direct != nil, file != nil {
                let message = "It is given twice; \(layer.source(definition.fileKey)) names a file as well."
                report(definition.key, message, source: layer.source(definition.key))
            }
            if let direct { return (direct, layer.source(definition.key)) }
            if let file { return readSecret(file, source: layer.source(definition.fileKey), key: definition.fileKey) }
        }
        return nil
    }

    private mutating func text(of key: String, in layer: SettingLayer) -> String? {
        do {
            return try layer.text(of: key)
        } catch {
            report(key, "It must be a single value, not a list.", source: layer.source(key))
            return nil
        }
    }

    /// The secret in a file, without the line break most editors leave at its end.
    private mutating func readSecret(_ path: String, source: SettingSource, key: String) -> (String, SettingSource)? {
        do {
            var text = try SmallFile.read(path, maximumSize: 4_096)
            if text.last?.isNewline == true { text.removeLast() }
            return (text, source)
        } catch {
            report(key, "The file \(quoted(path)) cannot be used: \(error)", source: source)
            return nil
        }
    }
}
