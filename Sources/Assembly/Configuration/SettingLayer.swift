import Configuration

/// The values of one kind of source: the command line, the environment or the file.
struct SettingLayer: Sendable {
    /// Where the value of a key comes from, for messages.
    let source: @Sendable (_ key: String) -> SettingSource
    /// Whether a secret may stand here itself; a file's name always may.
    let allowsSecrets: Bool
    private let values: any ConfigSnapshot
    private let prefix: [String]

    /// A layer; `prefix` is what comes before each key there.
    init(
        values: any ConfigSnapshot,
        prefix: [String] = [],
        allowsSecrets: Bool,
        source: @escaping @Sendable (_ key: String) -> SettingSource
    ) {
        self.values = values
        self.prefix = prefix
        self.allowsSecrets = allowsSecrets
        self.source = source
    }

    /// The text of a value; nil when there is none here.
    ///
    /// - Throws: When the value is no single value: a list in the file.
    func text(of key: String) throws -> String? {
        let key = AbsoluteConfigKey(prefix + key.split(separator: ".").map(String.init))
        guard case .string(let text) = try values.value(forKey: key, type: .string).value?.content else { return nil }
        return text
    }
}

/// What a user may have named a setting by, and which setting that is.
enum SettingNames {
    /// Keys, and for each secret the key of its file.
    static let keys: [String: SettingDefinition] = {
        var keys: [String: SettingDefinition] = [:]
        for definition in Settings.definitions {
            keys[definition.key] = definition
            if definition.isSecret { keys[definition.fileKey] = definition }
        }
        return keys
    }()

    /// Keys by the name of their option, without the dashes: `http-port`, `http.port`.
    static let keysByOption: [String: String] = {
        var names: [String: String] = [:]
        for key in keys.keys {
            names[key] = key
            names[key.replacing(".", with: "-")] = key
        }
        return names
    }()

    /// The environment variables that are read, beside ``configurationFileVariable``.
    static let variables = Set(keys.keys.map { SettingDefinition.variable(for: $0) })

    /// Names the configuration file.
    static let configurationFileVariable = "FLASHSALE_CONFIG"
}
