/// What there is to say about a setting, whatever the type of its values.
public struct SettingDefinition: Sendable {
    /// Its name: `http.max-connections`.
    public let key: String
    /// What it does, in a sentence or two.
    public let documentation: String
    /// Stands for a value in the help: `NUMBER`.
    public let placeholder: String
    /// What is allowed, so that it completes "is not …".
    public let expected: String
    /// Whether its value is never shown, and never taken from the command line or the configuration file.
    public let isSecret: Bool
    /// The programs that use it.
    public let programs: Set<Program>
    private let defaults: @Sendable (Program) -> String?

    init<Value>(
        key: String,
        kind: SettingKind<Value>,
        isSecret: Bool,
        programs: Set<Program>,
        documentation: String,
        defaults: @escaping @Sendable (Program) -> String?
    ) {
        self.key = key
        self.documentation = documentation
        placeholder = kind.placeholder
        expected = kind.expected
        self.isSecret = isSecret
        self.programs = programs
        self.defaults = defaults
    }

    /// Its default in a program, as it would be written; nil for none.
    public func defaultText(for program: Program) -> String? { defaults(program) }

    /// Its option on the command line: `--http-max-connections`.
    public var option: String { "--" + key.replacing(".", with: "-") }

    /// Its environment variable: `FLASHSALE_HTTP_MAX_CONNECTIONS`.
    public var variable: String { Self.variable(for: key) }

    /// The setting that names a file to read a secret from: `redis.password-file`.
    var fileKey: String { "\(key)-file" }

    static func variable(for key: String) -> String {
        "FLASHSALE_" + key.uppercased().replacing(#/[.-]/#, with: "_")
    }
}

/// A setting with values of one type: one row of ``Settings``.
public struct Setting<Value: Sendable>: Sendable {
    /// What there is to say about it.
    public let definition: SettingDefinition
    let parse: @Sendable (String) -> Value?
    let defaultValue: @Sendable (Program) -> Value

    /// A setting; `workerDefault` is the worker's default where that is not everybody's.
    init(
        _ key: String,
        _ kind: SettingKind<Value>,
        default value: Value,
        workerDefault: Value? = nil,
        for programs: Set<Program>,
        isSecret: Bool = false,
        _ documentation: String
    ) {
        let defaultValue: @Sendable (Program) -> Value = { $0 == .worker ? workerDefault ?? value : value }
        definition = SettingDefinition(
            key: key,
            kind: kind,
            isSecret: isSecret,
            programs: programs,
            documentation: documentation,
            defaults: { kind.format(defaultValue($0)) }
        )
        parse = kind.parse
        self.defaultValue = defaultValue
    }

    /// A setting that may have no value, which is its default.
    init<Wrapped>(
        _ key: String,
        optional kind: SettingKind<Wrapped>,
        for programs: Set<Program>,
        isSecret: Bool = false,
        _ documentation: String
    ) where Value == Wrapped? {
        self.init(key, kind.optional, default: nil, for: programs, isSecret: isSecret, documentation)
    }
}
