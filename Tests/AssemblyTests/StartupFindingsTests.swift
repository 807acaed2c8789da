import Testing

@testable import Assembly

@Suite("Start-up checks: what is right")
struct StartupFindingsTests {
    private let goodRedis = RedisFacts(
        version: "7.0.15",
        appendOnly: "yes",
        appendFsync: "always",
        noAppendFsyncOnRewrite: "no",
        evictionPolicy: "noeviction"
    )
    private let goodMariaDB = MariaDBFacts(
        version: "10.11.6-MariaDB-0+deb12u1-log",
        flushLogAtCommit: 1,
        hasBinaryLog: true,
        syncBinaryLog: 1,
        storageEngine: "InnoDB",
        sessionSQLMode: "STRICT_TRANS_TABLES,NO_ZERO_DATE",
        sessionIsolation: "READ-COMMITTED"
    )

    @Test("Stores that are set up as our files say have no finding")
    func good() {
        #expect(goodRedis.findings == StartupFindings())
        #expect(goodMariaDB.findings == StartupFindings())
    }

    @Test("Each wrong setting of Redis is named with its value and the line to write")
    func redis() throws {
        let wrong: [(WritableKeyPath<RedisFacts, String?>, String, String)] = [
            (\.appendOnly, "no", "appendonly yes"), (\.appendFsync, "everysec", "appendfsync always"),
            (\.noAppendFsyncOnRewrite, "yes", "no-appendfsync-on-rewrite no"),
            (\.evictionPolicy, "allkeys-lru", "maxmemory-policy noeviction"),
        ]
        for (setting, value, line) in wrong {
            var facts = goodRedis
            facts[keyPath: setting] = value
            let problem = try #require(facts.findings.problems.first)
            #expect(facts.findings.problems.count == 1)
            #expect(problem.finding.contains("is '\(value)'"))
            #expect(problem.remedy == "Set the line of config/redis.conf: \(line)")
            let file = try projectFile("config/redis.conf")
            #expect(file.contains("\n\(line)\n"))
        }
    }

    @Test("What Redis keeps from us is a notice, and no refusal")
    func unreadable() {
        let findings = RedisFacts().findings
        #expect(findings.problems.isEmpty)
        #expect(findings.notices.count == 5)
        #expect(findings.notices.contains { $0.contains("appendfsync") && $0.contains("always") })
    }

    @Test("Each wrong setting of MariaDB is named with its value and the line to write")
    func mariadb() throws {
        let wrong: [(WritableKeyPath<MariaDBFacts, Int>, String)] = [
            (\.flushLogAtCommit, "innodb_flush_log_at_trx_commit = 1"), (\.syncBinaryLog, "sync_binlog = 1"),
        ]
        for (setting, line) in wrong {
            var facts = goodMariaDB
            facts[keyPath: setting] = 2
            let problem = try #require(facts.findings.problems.first)
            #expect(facts.findings.problems.count == 1)
            #expect(problem.remedy == "Set the line of config/mariadb.cnf: \(line)")
            let file = try projectFile("config/mariadb.cnf")
            #expect(file.contains("\n\(line)\n"))
        }
    }

    @Test("Without a binary log it need not be flushed")
    func noBinaryLog() {
        var facts = goodMariaDB
        facts.hasBinaryLog = false
        facts.syncBinaryLog = 0
        #expect(facts.findings == StartupFindings())
    }

    @Test("Engine, SQL mode and isolation of our sessions are looked at")
    func sessions() {
        var facts = goodMariaDB
        facts.storageEngine = "Aria"
        facts.sessionSQLMode = "NO_ENGINE_SUBSTITUTION"
        facts.sessionIsolation = "REPEATABLE-READ"
        let text = facts.findings.problems.map(\.description).joined(separator: "\n")
        #expect(facts.findings.problems.count == 3)
        for word in ["Aria", "STRICT_TRANS_TABLES", "REPEATABLE-READ", "default_storage_engine = InnoDB", "proxy"] {
            #expect(text.contains(word), "\(word)")
        }
    }

    @Test(
        "Versions that are too old, or of another server, are refused",
        arguments: [
            ("10.5.23-MariaDB", false), ("10.6.0-MariaDB", true), ("10.11.6-MariaDB", true), ("11.4.2-MariaDB", true),
            ("9.9.9-MariaDB", false), ("8.0.36", false), ("8.4.0-MySQL", false), ("", false),
        ]
    )
    func mariadbVersion(version: String, isGood: Bool) {
        var facts = goodMariaDB
        facts.version = version
        #expect(facts.findings.problems.isEmpty == isGood)
    }

    @Test(
        "Redis 7.0 or later",
        arguments: [("6.2.14", false), ("7.0.0", true), ("7.2.4", true), ("10.0.0", true), ("255.255.255", true)]
    )
    func redisVersion(version: String, isGood: Bool) {
        var facts = goodRedis
        facts.version = version
        #expect(facts.findings.problems.isEmpty == isGood)
    }

    @Test("A refusal lists every problem, and ends with exit code 1")
    func failure() {
        var redis = goodRedis
        redis.appendOnly = "no"
        redis.appendFsync = "everysec"
        var mariadb = goodMariaDB
        mariadb.flushLogAtCommit = 2
        let failure = StartFailure((redis.findings + mariadb.findings).problems)
        #expect(failure.exitCode == 1)
        let expected = """
            the stores are not set up for production, and profile is production:
              - Redis: appendonly is 'no', not 'yes': a restart loses every line
                  Set the line of config/redis.conf: appendonly yes
              - Redis: appendfsync is 'everysec', not 'always': a power cut loses places that were confirmed
                  Set the line of config/redis.conf: appendfsync always
              - MariaDB: innodb_flush_log_at_trx_commit is '2', not '1': a power cut loses committed orders
                  Set the line of config/mariadb.cnf: innodb_flush_log_at_trx_commit = 1
            """
        #expect(failure.description == expected)
    }

    @Test("INFO is read line by line")
    func info() {
        let text = "# Server\r\nredis_version:7.0.15\r\n\r\n# Memory\r\nmaxmemory_policy:noeviction\r\nodd\r\na:b:c\r\n"
        let values = RedisFacts.parse(info: text)
        #expect(values == ["redis_version": "7.0.15", "maxmemory_policy": "noeviction", "a": "b:c"])
    }
}
