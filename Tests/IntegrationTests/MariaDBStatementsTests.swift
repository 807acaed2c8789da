import MariaDB
import TestSupport
import Testing

/// Batches, streams, the statement cache, text, and the state that a session keeps.
struct MariaDBStatementsTests {
    struct Stop: Error {}

    @Test("A batch of 1,000 rows with NULLs is one statement")
    func batch() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                try connection.execute("CREATE TABLE t (id INT PRIMARY KEY, note VARCHAR(20), at DATETIME(6))")
                let at = MariaDBDateTime(microsecondsSinceEpoch: 1_700_000_000_000_001)
                let rows = (0..<1_000).map { id -> [MariaDBValue] in
                    let note: MariaDBValue = id % 3 == 0 ? .null : .string("note \(id)")
                    let time: MariaDBValue = id % 2 == 0 ? .null : .dateTime(at)
                    return [.integer(Int64(id)), note, time]
                }
                let before = try commands(of: connection, "Com_stmt_execute") + commands(of: connection, "Com_insert")
                let result = try connection.executeBatch("INSERT INTO t VALUES (?, ?, ?)", rows: rows)
                let after = try commands(of: connection, "Com_stmt_execute") + commands(of: connection, "Com_insert")
                #expect(result.affectedRows == 1_000)
                // The statement, and the second look at the two counters.
                #expect(after - before <= 4)
                let read = try connection.query("SELECT * FROM t ORDER BY id").map(\.values)
                #expect(read == rows)
                let updated = try connection.executeBatch(
                    "UPDATE t SET note = ? WHERE id = ?",
                    rows: (0..<10).map { ["changed", .integer($0)] }
                )
                #expect(updated.affectedRows == 10)
            }
        }
    }

    @Test("A batch without rows sends nothing; after a batch the statement still takes single rows")
    func emptyBatchAndSingleRow() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                let none = try connection.executeBatch("INSERT INTO nowhere VALUES (?)", rows: [])
                #expect(none.affectedRows == 0)
                try connection.execute("CREATE TABLE t (id INT PRIMARY KEY)")
                try connection.executeBatch("INSERT INTO t VALUES (?)", rows: [[1], [2]])
                #expect(try connection.execute("INSERT INTO t VALUES (?)", [3]).affectedRows == 1)
                let error = #expect(throws: MariaDBError.self) {
                    try connection.executeBatch("INSERT INTO t VALUES (?)", rows: [[4], [1]])
                }
                #expect(error?.kind == .alreadyExists)
                #expect(throws: MariaDBError.self) { try connection.executeBatch("SELECT ?", rows: [[1]]) }
            }
        }
    }

    @Test("Affected rows are those really changed, and the last inserted id is reported")
    func results() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                try connection.execute("CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n INT)")
                let inserted = try connection.execute("INSERT INTO t (n) VALUES (1), (1)")
                #expect(inserted == MariaDBResult(affectedRows: 2, lastInsertID: 1))
                #expect(try connection.execute("UPDATE t SET n = 1").affectedRows == 0)
                #expect(try connection.execute("UPDATE t SET n = 2 WHERE id = 1").affectedRows == 1)
                let returned = try connection.query("INSERT INTO t (n) VALUES (?) RETURNING id", [7])
                #expect(try returned[0].int("id") == 3)
            }
        }
    }

    @Test("The 64 statements used last stay prepared")
    func statementCache() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                func run(_ number: Int) throws { _ = try connection.query("SELECT \(number) AS n") }
                _ = try prepares(of: connection)
                // With the statement that reads the counter, the cache is full now.
                for number in 1...63 { try run(number) }
                let full = try prepares(of: connection)
                for number in 1...63 { try run(number) }
                #expect(try prepares(of: connection) == full)
                try run(64)
                #expect(try prepares(of: connection) == full + 1)
                // The one that was used longest ago made room.
                try run(2)
                #expect(try prepares(of: connection) == full + 1)
                try run(1)
                #expect(try prepares(of: connection) == full + 2)
                #expect(try commands(of: connection, "Com_stmt_close") >= 2)
            }
        }
    }

    @Test("A million rows are handed over one by one, while the server is still sending")
    func stream() async throws {
        try await withMariaDB { client in
            let reading = Happening()
            let looked = Happening()
            async let sum = client.withConnection { connection in
                let id = try connection.query("SELECT CONNECTION_ID() AS id")[0].int("id")
                var (count, sum) = (0, 0)
                try connection.query("SELECT seq, \(id) AS reader FROM seq_1_to_1000000") { row in
                    if count == 0 {
                        reading.happens()
                        try looked.blockUntilOver()
                    }
                    count += 1
                    sum += try row.int(0)
                }
                #expect(count == 1_000_000)
                return sum
            }
            try await eventually("the first row") { reading.isOver }
            // The server cannot have sent everything: nobody has room for it.
            let executing = try await client.withConnection { connection in
                try connection.query(
                    """
                    SELECT COUNT(*) AS n FROM information_schema.processlist
                    WHERE command = 'Execute' AND info LIKE '%seq_1_to_1000000' AND id <> CONNECTION_ID()
                    """
                )[0].int("n")
            }
            #expect(executing == 1)
            looked.happens()
            #expect(try await sum == 500_000_500_000)
        }
    }

    @Test("A stream that is broken off in the middle leaves the connection usable")
    func brokenStream() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                let id = try connection.query("SELECT CONNECTION_ID() AS id")[0].int("id")
                #expect(throws: Stop.self) {
                    try connection.query("SELECT seq FROM seq_1_to_1000000") { row in
                        if try row.int("seq") == 1_000 { throw Stop() }
                    }
                }
                #expect(try connection.query("SELECT CONNECTION_ID() AS id")[0].int("id") == id)
            }
        }
    }

    @Test("A value that cannot be read ends its query only")
    func unreadableValue() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                // As in a table from before strict mode.
                try connection.executeText(
                    """
                    CREATE TABLE t (at DATETIME); SET sql_mode = '';
                    INSERT INTO t VALUES ('0000-00-00'), (NOW()), (NOW())
                    """
                )
                let error = #expect(throws: MariaDBError.self) { try connection.query("SELECT at FROM t") }
                #expect(error?.message == "column \"at\" holds a date that does not exist")
                #expect(error?.kind == .bug)
                try connection.execute("DO 1")
            }
        }
    }

    @Test("A procedure with several results leaves nothing behind")
    func procedure() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                try connection.execute("CREATE PROCEDURE p() BEGIN SELECT 1 AS a; SELECT 2 AS b, 3 AS c; END")
                for _ in 0..<2 { try connection.execute("CALL p()") }
                let rows = try connection.query("CALL p()")
                #expect(rows.map(\.columnNames) == [["a"]])
                try connection.execute("DO 1")
            }
        }
    }

    @Test("A statement inside of a stream is refused, and harms neither")
    func nestedStatement() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                var numbers: [Int] = []
                try connection.query("SELECT seq FROM seq_1_to_3") { row in
                    let error = #expect(throws: MariaDBError.self) { try connection.execute("DO 1") }
                    #expect(error?.kind == .bug)
                    numbers.append(try row.int("seq"))
                }
                #expect(numbers == [1, 2, 3])
                try connection.execute("DO 1")
            }
        }
    }

    @Test("A statement without rows cannot be queried; rows of an executed one are dropped")
    func rowsExpected() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                try connection.execute("CREATE TABLE t (id INT)")
                let error = #expect(throws: MariaDBError.self) { try connection.query("INSERT INTO t VALUES (1)") }
                #expect(error?.kind == .bug)
                #expect(try connection.query("SELECT * FROM t").count == 1)
                try connection.execute("SELECT seq FROM seq_1_to_100000")
                #expect(try connection.query("SELECT 1 AS one")[0].int("one") == 1)
            }
        }
    }

    @Test("Text may hold several statements with rows; prepared statements may not")
    func text() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                try connection.executeText(
                    """
                    CREATE TABLE t (id INT PRIMARY KEY);
                    INSERT INTO t VALUES (1), (2);
                    SELECT * FROM t;
                    -- A comment; with a semicolon.
                    INSERT INTO t VALUES (3)
                    """
                )
                #expect(try connection.query("SELECT COUNT(*) AS n FROM t")[0].int("n") == 3)
                #expect(throws: MariaDBError.self) { try connection.execute("DELETE FROM t; DELETE FROM t") }
                #expect(try connection.query("SELECT COUNT(*) AS n FROM t")[0].int("n") == 3)
            }
        }
    }

    @Test("Text that fails in the middle has done what came before, and leaves the connection usable")
    func failingText() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                let error = #expect(throws: MariaDBError.self) {
                    try connection.executeText(
                        "CREATE TABLE t (id INT); INSERT INTO t VALUES (1); INSERT INTO nowhere VALUES (1); DROP TABLE t"
                    )
                }
                #expect(error?.code == 1_146)
                let rows = try connection.query("SELECT id FROM t")
                #expect(rows.count == 1)
            }
        }
    }

    @Test("Every session is set up alike")
    func session() async throws {
        let adjust: (inout MariaDBConfiguration) -> Void = { configuration in
            configuration.statementTimeout = .milliseconds(1_500)
            configuration.lockWaitTimeout = .milliseconds(2_500)
            configuration.idleTransactionTimeout = .seconds(9)
        }
        try await withMariaDB(adjust) { client in
            let row = try await client.withConnection { connection in
                try connection.query(
                    """
                    SELECT @@autocommit AS autocommit, @@sql_mode AS mode, @@tx_isolation AS isolation,
                        @@time_zone AS zone, @@character_set_client AS charset, @@innodb_lock_wait_timeout AS lock_wait,
                        @@max_statement_time AS statement_time, @@idle_transaction_timeout AS idle
                    """
                )[0]
            }
            #expect(try row.bool("autocommit"))
            #expect(try row.string("isolation") == "READ-COMMITTED")
            #expect(try row.string("zone") == "+00:00")
            #expect(try row.string("charset") == "utf8mb4")
            #expect(try row.int("lock_wait") == 3)
            #expect(try row.double("statement_time") == 1.5)
            #expect(try row.int("idle") == 9)
            let modes = try row.string("mode").split(separator: ",")
            #expect(
                Set(modes) == [
                    "STRICT_TRANS_TABLES", "NO_ZERO_DATE", "NO_ZERO_IN_DATE", "ERROR_FOR_DIVISION_BY_ZERO",
                    "NO_ENGINE_SUBSTITUTION",
                ]
            )
        }
    }

    @Test("The server stops a statement that takes too long")
    func statementTimeout() async throws {
        try await withMariaDB({ $0.statementTimeout = .milliseconds(500) }) { client in
            try await client.withConnection { connection in
                let error = #expect(throws: MariaDBError.self) {
                    try connection.query("SELECT SUM(a.seq * b.seq) FROM seq_1_to_1000000 a, seq_1_to_1000000 b")
                }
                #expect(error?.kind == .statementTimeout)
                try connection.execute("DO 1")
            }
        }
    }

    private func prepares(of connection: MariaDBConnection) throws -> Int {
        try commands(of: connection, "Com_stmt_prepare")
    }

    /// How often this session has done something, by the server's own count.
    private func commands(of connection: MariaDBConnection, _ name: String) throws -> Int {
        let sql =
            "SELECT CAST(variable_value AS SIGNED) AS n FROM information_schema.session_status WHERE variable_name = ?"
        return try connection.query(sql, [.string(name)])[0].int("n")
    }
}
