/// The typed configuration of one of the programs.
public protocol ProgramConfiguration: Sendable {
    /// The program.
    static var program: Program { get }
    /// Reads all the program's settings.
    init(reading reader: inout SettingReader)
}

/// What the command line asks a program to do.
public enum Invocation<Configuration: ProgramConfiguration>: Sendable {
    /// To run, configured so.
    case run(Configuration)
    /// To print this text and to end.
    case help(String)
}

extension ProgramConfiguration {
    /// What the sources ask the program to do.
    ///
    /// With `--help`, nothing else is looked at.
    /// - Throws: `ConfigurationError` with every problem of every source.
    public static func invocation(_ sources: ConfigurationSources) throws(ConfigurationError) -> Invocation<Self> {
        var reader = SettingReader(program: program, sources: sources)
        if reader.wantsHelp { return .help(ConfigurationHelp.text(for: program)) }
        let configuration = Self(reading: &reader)
        try reader.finish()
        return .run(configuration)
    }

    /// The configuration in the sources.
    ///
    /// - Throws: `ConfigurationError` with every problem of every source.
    public static func load(_ sources: ConfigurationSources) throws(ConfigurationError) -> Self {
        try loadWithRows(sources).configuration
    }

    /// Every setting of the program, with its value and where that comes from; secrets are masked.
    ///
    /// - Throws: `ConfigurationError` with every problem of every source.
    public static func rows(_ sources: ConfigurationSources) throws(ConfigurationError) -> [SettingRow] {
        try loadWithRows(sources).rows
    }

    private static func loadWithRows(
        _ sources: ConfigurationSources
    ) throws(ConfigurationError) -> (configuration: Self, rows: [SettingRow]) {
        var reader = SettingReader(program: program, sources: sources)
        let configuration = Self(reading: &reader)
        try reader.finish()
        return (configuration, reader.rows)
    }
}
