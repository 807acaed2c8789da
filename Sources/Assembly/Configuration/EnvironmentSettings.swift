import Configuration

/// The settings in the environment: `FLASHSALE_HTTP_PORT=8080`.
///
/// A variable that is set to nothing counts as not set: that is how compose files leave one out.
struct EnvironmentSettings {
    private static let prefix = "FLASHSALE_"

    let configurationFile: String?
    let problems: [ConfigurationError.Problem]
    let layer: SettingLayer

    init(_ environment: [String: String]) {
        let ours = environment.filter { $0.key.hasPrefix(Self.prefix) && !$0.value.isEmpty }
        configurationFile = ours[SettingNames.configurationFileVariable]
        let known = SettingNames.variables.union([SettingNames.configurationFileVariable, CrashSwitch.variable])
        problems = ours.keys.sorted().filter { !known.contains($0) }.map { variable in
            .init("The environment variable \(variable) is unknown." + NearestKey.hint(for: variable, among: known))
        }
        // The provider turns the key flashsale.http.max-connections into FLASHSALE_HTTP_MAX_CONNECTIONS.
        let provider = EnvironmentVariablesProvider(environmentVariables: ours)
        layer = SettingLayer(values: provider.snapshot(), prefix: ["flashsale"], allowsSecrets: true) { key in
            .environment(variable: SettingDefinition.variable(for: key))
        }
    }
}
