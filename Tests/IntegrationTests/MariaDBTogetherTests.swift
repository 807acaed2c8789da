import MariaDB
import TestSupport
import Testing

/// Statements that share a round trip.
struct MariaDBTogetherTests {
    @Test("Statements sent together are run in order, and each gets its own reply")
    func replies() async throws {
        try await withMariaDB { client in
            try await createAccounts(client)
            for round in 1...3 {
                let replies = try await client.withTransaction { connection in
                    try connection.runTogether([
                        MariaDBStatement("SELECT balance FROM accounts ORDER BY id"),
                        MariaDBStatement("UPDATE accounts SET balance = balance + ? WHERE id = 2", [5]),
                        MariaDBStatement(
                            "INSERT INTO accounts VALUES (?, ?)",
                            rows: [[.integer(Int64(round * 10)), 0], [.integer(Int64(round * 10 + 1)), 0]]
                        ),
                        MariaDBStatement("SELECT balance FROM accounts WHERE id = ?", [2]),
                        MariaDBStatement("SELECT balance FROM accounts WHERE id = ?", [99]),
                    ])
                }
                #expect(replies.count == 5)
                #expect(replies[0].rows.count == 2 * round)
                #expect(replies[1].result.affectedRows == 1)
                #expect(replies[2].result.affectedRows == 2)
                let balances = try replies[3].rows.map { try $0.int("balance") }
                #expect(balances == [5 * round])
                #expect(replies[4].rows.isEmpty)
            }
        }
    }

    @Test("When one fails the others are run all the same, its error is thrown, and nothing of it stays")
    func failure() async throws {
        try await withMariaDB { client in
            try await createAccounts(client)
            let error = try await #require(throws: MariaDBTransactionError.self) {
                try await client.withTransaction { connection in
                    try connection.runTogether([
                        MariaDBStatement("UPDATE accounts SET balance = 1 WHERE id = 1"),
                        MariaDBStatement("INSERT INTO accounts VALUES (?, ?)", rows: [[7, 7], [2, 2]]),
                        MariaDBStatement("SELECT balance FROM accounts ORDER BY id"),
                        MariaDBStatement("UPDATE accounts SET balance = 3 WHERE id = 2"),
                    ])
                }
            }
            #expect(error.kind == .alreadyExists)
            #expect(error.attempts == 1)
            #expect(try await balances(client) == [0, 0])
        }
    }

    @Test("What was on its way behind a deadlock does not commit itself")
    func deadlock() async throws {
        try await withMariaDB { client in
            try await createAccounts(client)
            let locked = [Happening(), Happening()]
            let victims = Tally()

            @Sendable func move(first: Int, second: Int) async throws {
                let attempts = Tally()
                try await client.withTransaction { connection in
                    guard attempts.increment() == 1 else {
                        victims.increment()
                        return
                    }
                    let sql = "UPDATE accounts SET balance = balance + 1 WHERE id = ?"
                    try connection.execute(sql, [.integer(Int64(first))])
                    locked[first - 1].happens()
                    try locked[second - 1].blockUntilOver()
                    try connection.runTogether([
                        MariaDBStatement(sql, [.integer(Int64(second))]),
                        MariaDBStatement("INSERT INTO accounts VALUES (?, 1)", [.integer(Int64(first * 10))]),
                    ])
                }
            }
            async let forwards: Void = move(first: 1, second: 2)
            async let backwards: Void = move(first: 2, second: 1)
            _ = try await (forwards, backwards)
            #expect(victims.count == 1)
            #expect(try await balances(client) == [1, 1, 1])
        }
    }

    @Test("A connection that ran a transaction lets each statement commit itself again afterwards")
    func commitsAgain() async throws {
        let database = try await TestMariaDB.shared()
        try await withMariaDB(database.configuration { $0.connectionCount = 1 }) { client in
            try await createAccounts(client)
            try await client.withTransaction { connection in
                try connection.runTogether([MariaDBStatement("UPDATE accounts SET balance = 1 WHERE id = 1")])
            }
            try await client.withConnection { try $0.execute("UPDATE accounts SET balance = 2 WHERE id = 2") }
            // Another connection sees only what is committed.
            try await withMariaDB(database.configuration()) { other in
                let seen = try await balances(other)
                #expect(seen == [1, 2])
            }
        }
    }

    @Test("Outside of a transaction nothing is sent")
    func outside() async throws {
        try await withMariaDB { client in
            try await createAccounts(client)
            let error = try await #require(throws: MariaDBError.self) {
                try await client.withConnection { connection in
                    try connection.runTogether([MariaDBStatement("UPDATE accounts SET balance = 1")])
                }
            }
            #expect(error.kind == .bug)
            #expect(try await balances(client) == [0, 0])
        }
    }

    @Test("A statement that can't be sent leaves no reply of another behind")
    func unsendable() async throws {
        try await withMariaDB({ $0.connectionCount = 1 }) { client in
            try await createAccounts(client)
            let error = try await #require(throws: MariaDBTransactionError.self) {
                try await client.withTransaction { connection in
                    try connection.runTogether([
                        MariaDBStatement("SELECT balance FROM accounts"),
                        MariaDBStatement("UPDATE accounts SET balance = ? WHERE id = ?", [1]),
                    ])
                }
            }
            #expect(error.kind == .bug)
            #expect(try await balances(client) == [0, 0])
        }
    }
}
