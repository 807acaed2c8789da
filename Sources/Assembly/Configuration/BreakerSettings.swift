/// When a store that keeps failing is not asked any more.
public struct BreakerSettings: Sendable, Equatable {
    /// After how many failures in a row.
    public var failures: Int
    /// For how long, unless the store gives a sign of life earlier.
    public var openTime: Duration

    init(reading reader: inout SettingReader) {
        failures = reader.read(Settings.breakerFailures)
        openTime = reader.read(Settings.breakerOpen)
    }
}
