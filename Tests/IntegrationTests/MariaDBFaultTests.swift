import MariaDB
import TestSupport
import Testing

/// Lost connections and replies, and servers that die, refuse or are full.
struct MariaDBFaultTests {
    @Test("A lost reply to COMMIT is an unknown outcome, and nothing is run again")
    func lostCommitReply() async throws {
        let database = try await TestMariaDB.shared()
        try await withProxy(to: database) { proxy, address in
            try await withMariaDB(database.configuration(over: address)) { client in
                try await createTable(client)
                // The statement itself: 3 is the protocol's code for one that is sent as text.
                proxy.set(.cutReplyTo("\u{3}COMMIT"))
                let attempts = Tally()
                let error = try await #require(throws: MariaDBTransactionError.self) {
                    try await client.withTransaction { connection in
                        attempts.increment()
                        try connection.execute("INSERT INTO t VALUES (1)")
                    }
                }
                #expect(error.kind == .unknownOutcome)
                #expect((error.commit as? MariaDBError)?.statement == "COMMIT")
                #expect(error.body == nil)
                #expect(attempts.count == 1)
                proxy.set(.none)
                // The caller reads, on a new connection, and finds that it was committed after all.
                #expect(try await count(client) == 1)
            }
        }
    }

    @Test("A connection cut inside of a transaction is replaced, and the whole transaction run again")
    func cutTransaction() async throws {
        let database = try await TestMariaDB.shared()
        try await withProxy(to: database) { proxy, address in
            try await withMariaDB(database.configuration(over: address)) { client in
                try await createTable(client)
                let attempts = Tally()
                try await client.withTransaction { connection in
                    let isFirst = attempts.increment() == 1
                    try connection.execute("INSERT INTO t VALUES (?)", [.integer(Int64(attempts.count))])
                    if isFirst { proxy.cutAll() }
                    // The cut may take a moment to arrive: any of these statements meets it, and the rest fail alike.
                    while isFirst { try connection.execute("DO 1") }
                }
                #expect(attempts.count == 2)
                #expect(try await count(client) == 1)
            }
        }
    }

    @Test("A reply that does not come in time: a read may be retried, a write is an unknown outcome")
    func swallowedReplies() async throws {
        let database = try await TestMariaDB.shared()
        try await withProxy(to: database) { proxy, address in
            try await withMariaDB(database.configuration(over: address), createTable)
            // Long enough for the statements that are answered, on a busy machine too.
            try await withMariaDB(database.configuration(over: address) { $0.ioTimeout = .seconds(8) }) { client in
                for (sql, kind) in [
                    ("SELECT 1", MariaDBError.Kind.retry), ("INSERT INTO t VALUES (1)", .unknownOutcome),
                ] {
                    // The statement is prepared before its reply is lost.
                    let error = try await #require(throws: MariaDBError.self) {
                        try await client.withConnection { connection in
                            proxy.set(.none)
                            try connection.execute(sql == "SELECT 1" ? sql : "DELETE FROM t")
                            proxy.set(.swallowReplies)
                            try connection.execute(sql)
                        }
                    }
                    #expect(error.kind == kind)
                    proxy.set(.none)
                    try await client.ping()
                }
            }
        }
    }

    @Test("Replies that arrive byte by byte, or late, are the same replies")
    func slowReplies() async throws {
        let database = try await TestMariaDB.shared()
        for fault in [FaultProxy.Fault.singleBytes, .delay(milliseconds: 5)] {
            try await withProxy(to: database) { proxy, address in
                proxy.set(fault)
                try await withMariaDB(database.configuration(over: address)) { client in
                    let sum = try await client.withConnection { connection in
                        try connection.query("SELECT seq FROM seq_1_to_100").reduce(0) { try $0 + $1.int("seq") }
                    }
                    #expect(sum == 5_050)
                }
            }
        }
    }

    @Test("A reply cut in its middle is a lost connection")
    func cutReply() async throws {
        let database = try await TestMariaDB.shared()
        try await withProxy(to: database) { proxy, address in
            try await withMariaDB(database.configuration(over: address)) { client in
                let error = try await #require(throws: MariaDBError.self) {
                    try await client.withConnection { connection in
                        _ = try connection.query("SELECT 1")
                        proxy.set(.cutAfter(bytes: 5_000))
                        try connection.query("SELECT seq FROM seq_1_to_100000") { _ in }
                    }
                }
                #expect(error.kind == .retry)
                proxy.set(.none)
                try await client.ping()
            }
        }
    }

    @Test("A server killed inside of a transaction: on the restarted one it is run again", arguments: [true, false])
    func killedServer(hasAnotherStatement: Bool) async throws {
        let database = try await TestMariaDB.start()
        try await withMariaDB(database.configuration()) { client in
            try await createTable(client)
            let inserted = Happening()
            let restarted = Happening()
            let attempts = Tally()
            async let transaction: Void = client.withTransaction { connection in
                let isFirst = attempts.increment() == 1
                try connection.execute("INSERT INTO t VALUES (1)")
                if isFirst {
                    inserted.happens()
                    try restarted.blockUntilOver()
                }
                // Otherwise COMMIT would be the first to meet the dead connection.
                if hasAnotherStatement { try connection.execute("INSERT INTO t VALUES (2)") }
            }
            try await eventually("the row is inserted") { inserted.isOver }
            try await database.kill()
            try await database.restart()
            restarted.happens()
            try await transaction
            #expect(attempts.count == 2)
            #expect(try await count(client) == (hasAnotherStatement ? 2 : 1))
        }
        try await database.stop()
    }

    @Test("While the server is away work fails at once with the cause; idle connections are replaced when it is back")
    func awayAndBack() async throws {
        let database = try await TestMariaDB.start()
        let patient = database.configuration { $0.reconnectDelay = .seconds(600)...(.seconds(600)) }
        try await withMariaDB(database.configuration()) { client in
            try await client.ping()
            try await database.kill()
            try await withMariaDB(patient) { patientClient in
                for attempt in 1...20 {
                    let error = try await #require(throws: MariaDBError.self) { try await patientClient.ping() }
                    #expect(error.kind == .cannotConnect)
                    #expect(error.code == 2_002)
                    #expect(error.message.hasSuffix("(tried a moment ago)") == (attempt > 1))
                }
            }
            let error = try await #require(throws: MariaDBTransactionError.self) {
                try await client.withTransaction { try $0.execute("DO 1") }
            }
            #expect(error.kind == .cannotConnect)
            #expect(error.begin is MariaDBError)
            try await database.restart()
            try await eventually("the client is connected again") {
                try await client.ping()
                return true
            }
        }
        try await database.stop()
    }

    @Test("A restart between two calls goes unnoticed")
    func restartWhileIdle() async throws {
        let database = try await TestMariaDB.start()
        try await withMariaDB(database.configuration { $0.connectionCount = 1 }) { client in
            try await client.ping()
            try await database.kill()
            try await database.restart()
            try await client.ping()
        }
        try await database.stop()
    }

    @Test("A read-only server cannot write, and nothing is run again")
    func readOnly() async throws {
        let database = try await TestMariaDB.start()
        try await withMariaDB(database.configuration()) { client in
            try await createTable(client)
            try await database.executeAsRoot("SET GLOBAL read_only = 1")
            let attempts = Tally()
            let error = try await #require(throws: MariaDBTransactionError.self) {
                try await client.withTransaction { connection in
                    attempts.increment()
                    try connection.execute("INSERT INTO t VALUES (1)")
                }
            }
            #expect(error.kind == .cannotWrite)
            #expect((error.body as? MariaDBError)?.code == 1_290)
            #expect(attempts.count == 1)
            try await database.executeAsRoot("SET GLOBAL read_only = 0")
            try await client.withTransaction { try $0.execute("INSERT INTO t VALUES (1)") }
        }
        try await database.stop()
    }

    @Test("A server without a free connection cannot be connected to; those who are connected go on working")
    func maxConnections() async throws {
        let database = try await TestMariaDB.start(arguments: ["--max-connections=10"])
        let latecomer = database.configuration { $0.connectionCount = 2 }
        try await withMariaDB(latecomer) { latecomer in
            try await latecomer.ping()
            try await withMariaDB(database.configuration { $0.connectionCount = 9 }) { crowd in
                let release = Happening()
                let connected = Tally()
                try await withThrowingTaskGroup { group in
                    for _ in 0..<9 {
                        group.addTask {
                            try await crowd.withConnection { _ in
                                connected.increment()
                                try release.blockUntilOver()
                            }
                        }
                    }
                    try await eventually("all connections are taken") { connected.count == 9 }
                    try await withMariaDB(database.configuration()) { third in
                        let error = try await #require(throws: MariaDBError.self) { try await third.ping() }
                        #expect(error.kind == .cannotConnect)
                        #expect(error.code == 1_040)
                    }
                    // The latecomer's second thread cannot connect, which must not cost the first one any work.
                    try await withThrowingTaskGroup { pings in
                        for _ in 0..<100 {
                            pings.addTask { try await latecomer.ping() }
                        }
                        try await pings.waitForAll()
                    }
                    release.happens()
                    try await group.waitForAll()
                }
            }
        }
        try await database.stop()
    }

    // MARK: Helpers

    private func withProxy(
        to database: TestMariaDB,
        _ body: (FaultProxy, MariaDBConfiguration.Address) async throws -> Void
    ) async throws {
        let proxy = try await FaultProxy.start(to: .unixSocket(path: database.socketPath))
        do {
            try await body(proxy, .tcp(host: "127.0.0.1", port: proxy.port))
        } catch {
            await proxy.stop()
            throw error
        }
        await proxy.stop()
    }

    private func createTable(_ client: MariaDBClient) async throws {
        try await client.withConnection { try $0.execute("CREATE TABLE t (id INT PRIMARY KEY)") }
    }

    private func count(_ client: MariaDBClient) async throws -> Int {
        try await client.withConnection { try $0.query("SELECT COUNT(*) AS n FROM t")[0].int("n") }
    }
}
