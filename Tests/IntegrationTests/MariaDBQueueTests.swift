import Logging
import MariaDB
import TestSupport
import Testing

/// The queue in front of the connections: its bounds, cancellation, shutdown.
struct MariaDBQueueTests {
    @Test("A hundred transactions share four connections")
    func concurrency() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                try connection.executeText("CREATE TABLE t (n INT NOT NULL); INSERT INTO t VALUES (0)")
            }
            let identifiers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await client.withTransaction { connection in
                            try connection.execute("UPDATE t SET n = n + 1")
                            return try connection.query("SELECT CONNECTION_ID() AS id")[0].int("id")
                        }
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect((1...4).contains(identifiers.count))
            #expect(try await client.withConnection { try $0.query("SELECT n FROM t")[0].int("n") } == 100)
        }
    }

    @Test("A full queue refuses one more at once")
    func fullQueue() async throws {
        let adjust: (inout MariaDBConfiguration) -> Void = { configuration in
            configuration.connectionCount = 1
            configuration.maximumQueued = 2
        }
        try await withMariaDB(adjust) { client in
            try await withBusyConnection(client) { release in
                // Two of three find room, whichever they are; the third is refused while the connection is still busy.
                let outcomes = await withTaskGroup(of: MariaDBError.Kind?.self) { group in
                    for _ in 0..<3 {
                        group.addTask { await kindOfFailure { try await client.ping() } }
                    }
                    let first = await group.next()
                    release.happens()
                    return await group.reduce(into: [first ?? nil]) { $0.append($1) }
                }
                #expect(outcomes == [.overloaded, nil, nil])
            }
        }
    }

    @Test("A call that waits too long is refused; the one that runs is not counted")
    func queueTimeout() async throws {
        let adjust: (inout MariaDBConfiguration) -> Void = { configuration in
            configuration.connectionCount = 1
            configuration.queueTimeout = .seconds(1)
        }
        try await withMariaDB(adjust) { client in
            try await eventually("the client is connected") {
                try await client.ping()
                return true
            }
            // The call that keeps the connection busy outlasts the time limit, too.
            try await withBusyConnection(client) { release in
                async let ping = kindOfFailure { try await client.ping() }
                let error = await #expect(throws: MariaDBTransactionError.self) {
                    try await client.withTransaction { _ in }
                }
                #expect(error?.kind == .overloaded)
                #expect(error?.begin is MariaDBError)
                #expect(await ping == .overloaded)
                release.happens()
            }
        }
    }

    @Test("A cancelled caller leaves the queue at once, and its work is never run")
    func cancelledInQueue() async throws {
        try await withMariaDB({ $0.connectionCount = 1 }) { client in
            let runs = Tally()
            try await withBusyConnection(client) { release in
                let waiting = Task { try await client.withConnection { _ in _ = runs.increment() } }
                let waitingTransaction = Task { try await client.withTransaction { _ in _ = runs.increment() } }
                waiting.cancel()
                waitingTransaction.cancel()
                // Both end although the only connection stays busy.
                await #expect(throws: CancellationError.self) { try await waiting.value }
                await #expect(throws: CancellationError.self) { try await waitingTransaction.value }
                release.happens()
            }
            try await client.ping()
            #expect(runs.count == 0)
        }
    }

    @Test("A caller cancelled while its work runs gets the true outcome")
    func cancelledWhileRunning() async throws {
        try await withMariaDB { client in
            let started = Happening()
            let release = Happening()
            let running = Task {
                try await client.withTransaction { connection in
                    started.happens()
                    try release.blockUntilOver()
                    return try connection.query("SELECT 7 AS n")[0].int("n")
                }
            }
            try await eventually("the work runs") { started.isOver }
            running.cancel()
            release.happens()
            #expect(try await running.value == 7)
        }
    }

    @Test("Shutdown lets running work end, refuses what waits and all that comes")
    func shutdown() async throws {
        let database = try await TestMariaDB.shared()
        let client = makeClient(database.configuration { $0.connectionCount = 1 })
        let running = Task { try await client.run() }
        let started = Happening()
        let release = Happening()
        async let work = client.withTransaction { connection in
            started.happens()
            try release.blockUntilOver()
            return try connection.query("SELECT 7 AS n")[0].int("n")
        }
        try await eventually("the work runs") { started.isOver }
        async let waiting = kindOfFailure { try await client.ping() }
        running.cancel()
        #expect(await waiting == .shutDown)
        #expect(await kindOfFailure { try await client.ping() } == .shutDown)
        #expect(await kindOfFailure { try await client.withTransaction { _ in } } == .shutDown)
        release.happens()
        #expect(try await work == 7)
        try await running.value
    }

    @Test("Work that comes before run() waits for it; without it, only so long")
    func beforeRun() async throws {
        let database = try await TestMariaDB.shared()
        let client = makeClient(database.configuration())
        async let early: Void = client.ping()
        let running = Task { try await client.run() }
        try await early
        running.cancel()
        try await running.value

        let idle = makeClient(database.configuration { $0.queueTimeout = .milliseconds(50) })
        #expect(await kindOfFailure { try await idle.ping() } == .overloaded)
    }

    @Test("A client runs once")
    func runTwice() async throws {
        try await withMariaDB { client in
            try await client.ping()
            #expect(await kindOfFailure { try await client.run() } == .bug)
        }
    }

    // MARK: Helpers

    private func makeClient(_ configuration: MariaDBConfiguration) -> MariaDBClient {
        MariaDBClient(configuration: configuration, logger: Logger(label: "test"))
    }

    /// Keeps the only connection busy until the body says so.
    private func withBusyConnection(
        _ client: MariaDBClient,
        _ body: (Happening) async throws -> Void
    ) async throws {
        let started = Happening()
        let release = Happening()
        async let work: Void = client.withConnection { _ in
            started.happens()
            try release.blockUntilOver()
        }
        try await eventually("the connection is busy") { started.isOver }
        try await body(release)
        try await work
    }
}

/// What an operation's failure means, `nil` if it succeeds.
private func kindOfFailure(_ operation: @Sendable () async throws -> Void) async -> MariaDBError.Kind? {
    do {
        try await operation()
        return nil
    } catch {
        return MariaDBError.kind(of: error)
    }
}
