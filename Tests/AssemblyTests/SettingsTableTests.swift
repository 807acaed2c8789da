import Testing

@testable import Assembly

@Suite("The table of settings")
struct SettingsTableTests {
    private func keysRead<Configuration: ProgramConfiguration>(_ type: Configuration.Type) -> [String] {
        var reader = SettingReader(
            program: Configuration.program,
            sources: ConfigurationSources(environment: [:], file: "no-such-file.yaml")
        )
        _ = Configuration(reading: &reader)
        return reader.rows.map(\.key)
    }

    private func keys(of program: Program) -> [String] {
        Settings.definitions.filter { $0.programs.contains(program) }.map(\.key)
    }

    @Test("Each program reads exactly the settings the table says it does")
    func programs() {
        #expect(keysRead(APIConfiguration.self).sorted() == keys(of: .api).sorted())
        #expect(keysRead(WorkerConfiguration.self).sorted() == keys(of: .worker).sorted())
        #expect(keysRead(CommandConfiguration.self).sorted() == keys(of: .command).sorted())
    }

    @Test("No two settings share a key, an option or a variable")
    func unique() {
        #expect(Set(Settings.definitions.map(\.key)).count == Settings.definitions.count)
        #expect(
            Set(SettingNames.keys.keys.map { SettingDefinition.variable(for: $0) }).count == SettingNames.keys.count
        )
        // Each is known as it stands and with dashes, which is one name where the key has no dot.
        let names = SettingNames.keys.keys.reduce(0) { $0 + ($1.contains(".") ? 2 : 1) }
        #expect(SettingNames.keysByOption.count == names)
        #expect(SettingNames.keysByOption["config"] == nil)
    }

    @Test("Every setting says what it does, in sentences", arguments: Settings.definitions.map(\.key))
    func documentation(key: String) throws {
        let definition = try #require(SettingNames.keys[key])
        #expect(definition.documentation.hasSuffix("."))
        #expect(definition.documentation.first?.isUppercase == true || definition.documentation.hasPrefix("rediss"))
        #expect(!definition.expected.isEmpty)
        #expect(!definition.programs.isEmpty)
    }

    @Test("--help shows every setting of the program, wins over every error, and fits a terminal")
    func help() throws {
        for program in Program.allCases {
            let text = ConfigurationHelp.text(for: program)
            for definition in Settings.definitions {
                let isShown = text.contains("  \(definition.option) ") || text.contains("  \(definition.option)-file ")
                #expect(isShown == definition.programs.contains(program), "\(definition.key) in \(program)")
            }
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
        let sources = ConfigurationSources(arguments: ["--nonsense", "--help"], environment: [:])
        guard case .help(let text) = try WorkerConfiguration.invocation(sources) else {
            Issue.record("--help did not lead to help")
            return
        }
        #expect(text == ConfigurationHelp.text(for: .worker))
    }

    @Test("config/flashsale.yaml is what the table says")
    func exampleFile() throws {
        #expect(try projectFile("config/flashsale.yaml") == ConfigurationHelp.exampleFile)
    }

    @Test("config/flashsale.yaml as it is, and with every comment taken off, gives the defaults")
    func exampleFileValues() throws {
        let example = ConfigurationHelp.exampleFile
        let settings = example.split(separator: "\n").filter { $0.hasPrefix("#") && !$0.hasPrefix("# ") && $0 != "#" }
        #expect(settings.count == Settings.definitions.count)
        // A setting without a default has nothing behind its colon, and the file of a secret does not exist here.
        let active = settings.map { $0.dropFirst() }.filter { !$0.hasSuffix(":") && !$0.contains("-file: ") }
        for text in [example, active.joined(separator: "\n")] {
            try withFile(text) { (file) throws in
                let sources = ConfigurationSources(environment: [:], file: file)
                let none = ConfigurationSources(environment: [:], file: "no-such-file.yaml")
                let (api, defaultAPI) = (try APIConfiguration.load(sources), try APIConfiguration.load(none))
                #expect(api == defaultAPI)
                let (command, defaultCommand) = (
                    try CommandConfiguration.load(sources), try CommandConfiguration.load(none)
                )
                #expect(command == defaultCommand)
            }
        }
    }
}
