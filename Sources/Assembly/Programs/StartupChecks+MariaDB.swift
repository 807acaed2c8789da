import FlashSale
import MariaDB
import Resilience

/// What MariaDB says of its settings, and of those of a session of ours.
struct MariaDBFacts: Equatable {
    var version: String
    var flushLogAtCommit: Int
    var hasBinaryLog: Bool
    var syncBinaryLog: Int
    var storageEngine: String
    var sessionSQLMode: String
    var sessionIsolation: String

    /// The first version with SKIP LOCKED, by which workers share the outbox.
    private static let oldest = StoreVersion(10, 6)

    /// What is wrong with them.
    var findings: StartupFindings {
        StartupFindings(problems: versionProblems + durabilityProblems + sessionProblems)
    }

    private var versionProblems: [StoreSettingProblem] {
        let isMariaDB = version.contains("MariaDB")
        if isMariaDB, let number = StoreVersion(version), number >= Self.oldest { return [] }
        return [
            StoreSettingProblem(
                "MariaDB: the version is \(version), not MariaDB \(Self.oldest) or later",
                "it lacks SKIP LOCKED, by which workers share the outbox",
                remedy: "Install a newer MariaDB."
            )
        ]
    }

    private var durabilityProblems: [StoreSettingProblem] {
        var problems: [StoreSettingProblem] = []
        if flushLogAtCommit != 1 {
            problems.append(
                StoreSettingProblem(
                    .mariadb,
                    "innodb_flush_log_at_trx_commit",
                    is: "\(flushLogAtCommit)",
                    mustBe: "1",
                    "a power cut loses committed orders"
                )
            )
        }
        if hasBinaryLog, syncBinaryLog != 1 {
            let consequence = "with the binary log on, a power cut loses committed orders"
            problems.append(
                StoreSettingProblem(.mariadb, "sync_binlog", is: "\(syncBinaryLog)", mustBe: "1", consequence)
            )
        }
        if storageEngine.lowercased() != "innodb" {
            problems.append(
                StoreSettingProblem(
                    .mariadb,
                    "default_storage_engine",
                    is: storageEngine,
                    mustBe: "InnoDB",
                    "new tables would have no transactions"
                )
            )
        }
        return problems
    }

    /// Each session of ours sets these itself: when they are otherwise, something between us and MariaDB did that.
    private var sessionProblems: [StoreSettingProblem] {
        var problems: [StoreSettingProblem] = []
        let remedy = "Our sessions set this. Look for a proxy that undoes it, and reach MariaDB without it."
        if !sessionSQLMode.contains("STRICT_TRANS_TABLES") {
            problems.append(
                StoreSettingProblem(
                    "MariaDB: sql_mode of our session is '\(sessionSQLMode)', without STRICT_TRANS_TABLES",
                    "values would be bent to make them fit",
                    remedy: remedy
                )
            )
        }
        if sessionIsolation != "READ-COMMITTED" {
            problems.append(
                StoreSettingProblem(
                    "MariaDB: tx_isolation of our session is '\(sessionIsolation)', not 'READ-COMMITTED'",
                    "updates made between a read and a write would be lost",
                    remedy: remedy
                )
            )
        }
        return problems
    }
}

extension MariaDBFacts {
    /// Asks MariaDB.
    ///
    /// - Throws: What the client throws.
    init(of database: GuardedMariaDBClient) async throws {
        self = try await database.withConnection { connection in
            let row = try connection.query(
                """
                SELECT @@version AS version, @@innodb_flush_log_at_trx_commit AS flush_log, @@log_bin AS log_bin,
                       @@sync_binlog AS sync_binlog, @@default_storage_engine AS engine,
                       @@SESSION.sql_mode AS sql_mode, @@SESSION.tx_isolation AS isolation
                """
            ).first
            guard let row else { throw StoreUnavailable(reason: "MariaDB does not tell its settings") }
            return MariaDBFacts(
                version: try row.string("version"),
                flushLogAtCommit: try row.int("flush_log"),
                hasBinaryLog: try row.int("log_bin") != 0,
                syncBinaryLog: try row.int("sync_binlog"),
                storageEngine: try row.string("engine"),
                sessionSQLMode: try row.string("sql_mode"),
                sessionIsolation: try row.string("isolation")
            )
        }
    }
}
