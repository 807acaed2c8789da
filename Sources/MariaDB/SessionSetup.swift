/// The settings that make every session alike, whatever the server's defaults are.
enum SessionSetup {
    private static let sqlMode = [
        "STRICT_TRANS_TABLES", "NO_ZERO_DATE", "NO_ZERO_IN_DATE", "ERROR_FOR_DIVISION_BY_ZERO",
        "NO_ENGINE_SUBSTITUTION",
    ]

    /// One statement that sets them all.
    static func statement(for configuration: MariaDBConfiguration) -> String {
        var settings = [
            "autocommit = 1",
            "sql_mode = '\(sqlMode.joined(separator: ","))'",
            "tx_isolation = 'READ-COMMITTED'",
            "time_zone = '+00:00'",
            "innodb_lock_wait_timeout = \(configuration.lockWaitTimeout.wholeSecondsRoundedUp)",
        ]
        if let limit = configuration.statementTimeout {
            settings.append("max_statement_time = \(limit.decimalSeconds)")
        }
        if let limit = configuration.idleTransactionTimeout {
            settings.append("idle_transaction_timeout = \(max(1, limit.wholeSecondsRoundedUp))")
        }
        return "SET SESSION " + settings.joined(separator: ", ")
    }
}

extension Duration {
    /// Seconds with three decimals, at least one millisecond: the server takes 0 for no limit at all.
    fileprivate var decimalSeconds: String {
        let milliseconds = max(1, components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
        let decimals = String(milliseconds % 1_000)
        return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - decimals.count) + decimals
    }
}
