import Assembly

/// What `flashsale dev` sets so that everything can be tried by hand, unless it is configured otherwise.
enum DevDefaults {
    /// Settings by key.
    typealias Settings = [(key: String, value: String)]

    /// Payment events are taken without a signature: who tries things has no payment provider.
    ///
    /// - Parameters:
    ///   - rows: The settings in force; when they say anything about signatures, that holds.
    ///   - isLoopback: Whether only this machine can reach the API; else whoever can could say that an order is paid.
    static func payments(_ rows: [SettingRow], isLoopback: Bool = true) -> Settings {
        let isConfigured = isSet("payments.signature", rows) || isSet("payments.secret", rows)
        return isConfigured || !isLoopback ? [] : [("payments.signature", "none")]
    }

    /// Messages to the shop are shown in the log.
    static func outbox(_ rows: [SettingRow]) -> Settings { isSet("outbox.url", rows) ? [] : [("outbox.url", "log")] }

    /// There are pages, on which anyone is whoever they say, and pays without money.
    ///
    /// - Parameter isLoopback: Whether only this machine can reach them.
    static func pages(_ rows: [SettingRow], isLoopback: Bool) -> Settings {
        guard isLoopback, !rows.contains(where: { $0.key.hasPrefix("pages.") && $0.source != .programDefault }) else {
            return []
        }
        return [("pages.enabled", "on"), ("pages.identity", "named"), ("pages.simulated-payments", "on")]
    }

    private static func isSet(_ key: String, _ rows: [SettingRow]) -> Bool {
        rows.contains { $0.key == key && $0.source != .programDefault }
    }
}
