import MariaDB
import TestSupport
import Testing

/// Transactions: what is committed, what is rolled back, what is run again.
struct MariaDBTransactionTests {
    struct DomainError: Error, Equatable {}

    @Test("What the body did is committed, or rolled back if it throws")
    func commitAndRollback() async throws {
        try await withMariaDB { client in
            try await createAccounts(client)
            let result = try await client.withTransaction { connection in
                try connection.execute("UPDATE accounts SET balance = 5 WHERE id = 1")
                return "done"
            }
            #expect(result == "done")
            let error = try await #require(throws: MariaDBTransactionError.self) {
                try await client.withTransaction { connection in
                    try connection.execute("UPDATE accounts SET balance = 100 WHERE id = 1")
                    throw DomainError()
                }
            }
            #expect(error.body as? DomainError == DomainError())
            #expect(error.begin == nil && error.commit == nil && error.rollback == nil)
            #expect(error.kind == .other)
            #expect(error.attempts == 1)
            #expect(try await balances(client) == [5, 0])
        }
    }

    @Test("Of two transactions in a deadlock, both succeed in the end")
    func deadlock() async throws {
        try await withMariaDB { client in
            try await createAccounts(client)
            let locked = [Happening(), Happening()]
            let attempts = Tally()

            @Sendable func transfer(first: Int, second: Int) async throws {
                let ownAttempts = Tally()
                try await client.withTransaction { connection in
                    let isFirstAttempt = ownAttempts.increment() == 1
                    attempts.increment()
                    let sql = "UPDATE accounts SET balance = balance + 1 WHERE id = ?"
                    try connection.execute(sql, [.integer(Int64(first))])
                    if isFirstAttempt {
                        locked[first - 1].happens()
                        try locked[second - 1].blockUntilOver()
                    }
                    try connection.execute(sql, [.integer(Int64(second))])
                }
            }
            async let forwards: Void = transfer(first: 1, second: 2)
            async let backwards: Void = transfer(first: 2, second: 1)
            _ = try await (forwards, backwards)
            #expect(attempts.count >= 3)
            #expect(try await balances(client) == [2, 2])
        }
    }

    @Test("A body that swallows a deadlock cannot go on outside of its transaction")
    func swallowedDeadlock() async throws {
        try await withMariaDB { client in
            try await createAccounts(client)
            let attempts = Tally()
            try await client.withTransaction { connection in
                if attempts.increment() > 1 { return }
                try connection.execute("UPDATE accounts SET balance = 7 WHERE id = 1")
                // Error 1213, and the rollback that InnoDB does with it.
                #expect(throws: MariaDBError.self) {
                    try connection.execute("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213")
                }
                let error = #expect(throws: MariaDBError.self) {
                    try connection.execute("UPDATE accounts SET balance = 9 WHERE id = 2")
                }
                #expect(error?.code == 1_213)
            }
            #expect(attempts.count == 2)
            #expect(try await balances(client) == [0, 0])
        }
    }

    @Test("After a lock wait timeout the transaction is rolled back and run again")
    func lockWaitTimeout() async throws {
        try await withMariaDB({ $0.lockWaitTimeout = .seconds(1) }) { client in
            try await createAccounts(client)
            let holding = Happening()
            let release = Happening()
            async let holder: Void = client.withTransaction { connection in
                try connection.execute("UPDATE accounts SET balance = 1 WHERE id = 1")
                holding.happens()
                try release.blockUntilOver()
            }
            try await eventually("the lock is held") { holding.isOver }
            let attempts = Tally()
            try await client.withTransaction { connection in
                if attempts.increment() > 1 { release.happens() }
                // Must be undone by the explicit ROLLBACK before the second attempt.
                try connection.execute("UPDATE accounts SET balance = balance + 10 WHERE id = 2")
                try connection.execute("UPDATE accounts SET balance = balance + 10 WHERE id = 1")
            }
            try await holder
            #expect(attempts.count >= 2)
            #expect(try await balances(client) == [11, 10])
        }
    }

    @Test("A transaction gives up after its attempts, with the last cause")
    func attemptsUsedUp() async throws {
        try await withMariaDB { client in
            let attempts = Tally()
            let error = try await #require(throws: MariaDBTransactionError.self) {
                try await client.withTransaction(attempts: 3) { connection in
                    attempts.increment()
                    try connection.execute("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213")
                }
            }
            #expect(attempts.count == 3)
            #expect(error.attempts == 3)
            #expect(error.kind == .retry)
            #expect((error.body as? MariaDBError)?.code == 1_213)
        }
    }

    @Test("A duplicate is not run again, and the body may go on after it")
    func duplicates() async throws {
        try await withMariaDB { client in
            try await createAccounts(client)
            let attempts = Tally()
            let error = try await #require(throws: MariaDBTransactionError.self) {
                try await client.withTransaction { connection in
                    attempts.increment()
                    try connection.execute("INSERT INTO accounts VALUES (1, 0)")
                }
            }
            #expect(error.kind == .alreadyExists)
            #expect(attempts.count == 1)
            try await client.withTransaction { connection in
                #expect(throws: MariaDBError.self) { try connection.execute("INSERT INTO accounts VALUES (1, 0)") }
                try connection.execute("UPDATE accounts SET balance = 3 WHERE id = 1")
            }
            #expect(try await balances(client) == [3, 0])
        }
    }

    @Test("A body that ends its transaction itself is our bug")
    func implicitCommit() async throws {
        try await withMariaDB { client in
            let error = try await #require(throws: MariaDBTransactionError.self) {
                try await client.withTransaction { try $0.execute("CREATE TABLE t (id INT)") }
            }
            #expect(error.kind == .bug)
        }
    }

    @Test("A transaction left open without withTransaction is rolled back, and is our bug")
    func leftOpen() async throws {
        try await withMariaDB({ $0.connectionCount = 1 }) { client in
            try await createAccounts(client)
            let error = try await #require(throws: MariaDBError.self) {
                try await client.withConnection { connection in
                    try connection.executeText("START TRANSACTION; UPDATE accounts SET balance = 1")
                }
            }
            #expect(error.kind == .bug)
            #expect(try await balances(client) == [0, 0])
        }
    }

    @Test("A transaction that the server ended because it was idle is run again")
    func idleTransaction() async throws {
        try await withMariaDB({ $0.idleTransactionTimeout = .seconds(1) }) { client in
            try await createAccounts(client)
            let (identifiers, identified) = AsyncStream.makeStream(of: Int.self)
            let ended = Happening()
            let attempts = Tally()
            async let frozen: Void = client.withTransaction { connection in
                if attempts.increment() == 1 {
                    identified.yield(try connection.query("SELECT CONNECTION_ID() AS id")[0].int("id"))
                    try connection.execute("UPDATE accounts SET balance = 1 WHERE id = 1")
                    try ended.blockUntilOver()
                }
                try connection.execute("UPDATE accounts SET balance = balance + 1 WHERE id = 2")
            }
            var iterator = identifiers.makeAsyncIterator()
            let id = try #require(await iterator.next())
            try await eventually("the server ends the idle session") {
                try await client.withConnection { connection in
                    let sql = "SELECT 1 FROM information_schema.processlist WHERE id = ?"
                    return try connection.query(sql, [.integer(Int64(id))]).isEmpty
                }
            }
            ended.happens()
            try await frozen
            #expect(attempts.count >= 2)
            #expect(try await balances(client) == [0, 1])
        }
    }
}
