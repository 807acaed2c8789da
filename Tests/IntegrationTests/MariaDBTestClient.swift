import Dispatch
import Logging
import MariaDB
import Synchronization
import TestSupport

extension TestMariaDB {
    /// A configuration for a client of this server over its Unix socket, or over another address.
    func configuration(
        over address: MariaDBConfiguration.Address? = nil,
        _ adjust: (inout MariaDBConfiguration) -> Void = { _ in }
    ) -> MariaDBConfiguration {
        var configuration = MariaDBConfiguration(
            address: address ?? .unixSocket(path: socketPath),
            user: user,
            password: password,
            database: database,
            // No test is about these unless it says so, and a loaded machine must not fail it.
            connectTimeout: .seconds(30),
            ioTimeout: .seconds(60),
            lockWaitTimeout: .seconds(60),
            queueTimeout: .seconds(60),
            reconnectDelay: .milliseconds(5)...(.milliseconds(50))
        )
        adjust(&configuration)
        return configuration
    }
}

/// Runs a client for as long as `body` runs; then ends it, and waits until it has ended.
func withMariaDB<Result>(
    _ configuration: MariaDBConfiguration,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (MariaDBClient) async throws -> Result
) async throws -> Result {
    let client = MariaDBClient(configuration: configuration, logger: Logger(label: "test"))
    let running = Task { try await client.run() }
    let result: Result
    do {
        result = try await body(client)
    } catch {
        running.cancel()
        try await running.value
        throw error
    }
    running.cancel()
    try await running.value
    return result
}

/// As ``withMariaDB(_:isolation:_:)``, on the shared server with a database of the test's own.
func withMariaDB<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ adjust: (inout MariaDBConfiguration) -> Void = { _ in },
    _ body: (MariaDBClient) async throws -> Result
) async throws -> Result {
    try await withMariaDB(TestMariaDB.shared().configuration(adjust), isolation: isolation, body)
}

/// Something that happens once: a connection's thread can block until then, and a task can wait.
final class Happening: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let flag = Atomic(false)

    /// Whether it has happened.
    var isOver: Bool { flag.load(ordering: .acquiring) }

    func happens() {
        flag.store(true, ordering: .releasing)
        semaphore.signal()
    }

    /// Blocks the calling thread, which must be a connection's; throws after a minute.
    func blockUntilOver() throws {
        guard semaphore.wait(timeout: .now() + 60) == .success else { throw NeverCame() }
        // For whoever else may be waiting.
        semaphore.signal()
    }

    struct NeverCame: Error {}
}

/// A number that several threads count up.
final class Tally: Sendable {
    private let number = Atomic(0)

    var count: Int { number.load(ordering: .acquiring) }

    /// Counts one more, and returns which one it is, from 1.
    @discardableResult
    func increment() -> Int {
        number.add(1, ordering: .acquiringAndReleasing).newValue
    }
}

/// Two accounts, 1 and 2, with nothing in them: what transactions change.
func createAccounts(_ client: MariaDBClient) async throws {
    try await client.withConnection { connection in
        try connection.executeText(
            """
            CREATE TABLE accounts (id INT PRIMARY KEY, balance INT NOT NULL);
            INSERT INTO accounts VALUES (1, 0), (2, 0)
            """
        )
    }
}

/// What is in the accounts, in the order of their numbers.
func balances(_ client: MariaDBClient) async throws -> [Int] {
    try await client.withConnection { connection in
        try connection.query("SELECT balance FROM accounts ORDER BY id").map { try $0.int("balance") }
    }
}
