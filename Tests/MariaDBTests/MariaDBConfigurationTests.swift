import Testing

@testable import MariaDB

struct MariaDBConfigurationTests {
    @Test("No way of printing a configuration shows its password")
    func hiddenPassword() {
        let configuration = MariaDBConfiguration(
            address: .tcp(host: "db.example", port: 3_306),
            user: "shop",
            password: "s3cret",
            database: "sale"
        )
        var dumped = ""
        dump(configuration, to: &dumped)
        let texts = [
            "\(configuration)", configuration.debugDescription, String(reflecting: configuration), dumped,
        ]
        for text in texts {
            #expect(!text.contains("s3cret"))
            #expect(text.contains("mariadb://shop@db.example:3306/sale"))
        }
        #expect(MariaDBConfiguration.Address.unixSocket(path: "/run/db.sock").description == "/run/db.sock")
    }

    @Test("A session is set up with everything that the promise rests on")
    func sessionSettings() {
        let configuration = MariaDBConfiguration(
            address: .unixSocket(path: "/run/db.sock"),
            user: "shop",
            statementTimeout: .milliseconds(1_050),
            lockWaitTimeout: .milliseconds(2_001),
            idleTransactionTimeout: .milliseconds(1)
        )
        let statement = SessionSetup.statement(for: configuration)
        let modes =
            "STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
        for setting in [
            "SET SESSION autocommit = 1", "sql_mode = '\(modes)'", "tx_isolation = 'READ-COMMITTED'",
            "time_zone = '+00:00'", "innodb_lock_wait_timeout = 3", "max_statement_time = 1.050",
            "idle_transaction_timeout = 1",
        ] {
            #expect(statement.contains(setting))
        }
    }

    @Test("Limits that are not set are left to the server")
    func absentLimits() {
        let statement = SessionSetup.statement(
            for: MariaDBConfiguration(address: .unixSocket(path: "/run/db.sock"), user: "shop")
        )
        #expect(!statement.contains("max_statement_time"))
        #expect(!statement.contains("idle_transaction_timeout"))
    }

    @Test("A tiny statement timeout does not become none")
    func tinyStatementTimeout() {
        let statement = SessionSetup.statement(
            for: MariaDBConfiguration(
                address: .unixSocket(path: "/run/db.sock"),
                user: "shop",
                statementTimeout: .microseconds(1)
            )
        )
        #expect(statement.contains("max_statement_time = 0.001"))
    }

    @Test(
        "The pause between attempts is random below a bound that doubles to its cap",
        arguments: [(1, 5), (2, 10), (3, 20), (6, 160), (7, 200), (60, 200)]
    )
    func pauseBetweenAttempts(attempt: Int, bound: Int) {
        #expect(TransactionBackoff.pause(afterAttempt: attempt, jitter: 1) == .milliseconds(bound))
        #expect(TransactionBackoff.pause(afterAttempt: attempt, jitter: 0.5) == .milliseconds(bound) / 2)
        #expect(TransactionBackoff.pause(afterAttempt: attempt, jitter: 0) == .zero)
    }
}
