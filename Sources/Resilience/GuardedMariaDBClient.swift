public import MariaDB
public import ServiceLifecycle

/// A client of MariaDB behind its circuit breaker: while that is open, every call ends at once with ``CircuitOpen``.
///
/// A transaction with all its attempts is one call, and so is everything that happens on a connection.
public struct GuardedMariaDBClient: Service {
    /// The breaker.
    public let breaker: StoreBreaker
    private let client: MariaDBClient

    /// A client behind a breaker, which has to be the only one of this store in the process.
    public init(_ client: MariaDBClient, breaker: StoreBreaker) {
        self.client = client
        self.breaker = breaker
    }

    /// The same client for those who have to ask MariaDB itself, at the start or for a probe of readiness: its calls are
    /// never refused, and say nothing to the breaker.
    public var unguarded: GuardedMariaDBClient {
        GuardedMariaDBClient(client, breaker: .neverOpening(breaker.name))
    }

    /// Runs the connections' threads until graceful shutdown or cancellation: `MariaDBClient.run()`.
    public func run() async throws { try await client.run() }

    /// Asks for a sign of life past the breaker, over a new connection if need be.
    ///
    /// Throws `MariaDBError`, `CancellationError`.
    public func ping(file: StaticString = #fileID, line: UInt = #line) async throws {
        try await client.ping(file: file, line: line)
    }

    /// Looks for signs of life while the breaker is open, until its task is cancelled.
    public func watch() async { await breaker.watch { try await ping() } }

    /// Runs a closure with a connection to itself, on that connection's thread, without a transaction.
    ///
    /// Throws ``CircuitOpen``, and what the client throws.
    @discardableResult
    public func withConnection<Result: Sendable>(
        file: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (MariaDBConnection) throws -> Result
    ) async throws -> Result {
        try await breaker.run { try await client.withConnection(file: file, line: line, body) }
    }

    /// Runs a closure inside of a transaction, on a connection's own thread, and commits.
    ///
    /// Throws ``CircuitOpen``, and what the client throws.
    @discardableResult
    public func withTransaction<Result: Sendable>(
        attempts: Int = 5,
        file: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (MariaDBConnection) throws -> Result
    ) async throws -> Result {
        try await breaker.run {
            try await client.withTransaction(attempts: attempts, file: file, line: line, body)
        }
    }
}
