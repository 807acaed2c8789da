public import Logging
public import ServiceLifecycle
import Synchronization

/// A client of one MariaDB server: a few connections, each on a thread of its own, behind one bounded queue.
///
/// Callers are async; the closure they pass is synchronous and runs on the connection's thread. So this is the only
/// place that blocks a thread, and a transaction has no executor hops between its statements.
///
/// ``run()`` must be running: add the client to the service group before whatever uses it. Work that comes earlier
/// waits for it, at most `queueTimeout`.
public final class MariaDBClient: Service, Sendable {
    let configuration: MariaDBConfiguration
    let logger: Logger
    private let pool: ConnectionPool
    private let lastJobID = Atomic<UInt64>(0)

    /// A client that connects when the first work comes.
    ///
    /// `connectionCount` and `maximumQueued` must be at least 1, and every duration positive.
    public init(configuration: MariaDBConfiguration, logger: Logger) {
        precondition(configuration.connectionCount >= 1, "a client needs a connection")
        precondition(configuration.maximumQueued >= 1, "a client needs a queue")
        precondition(configuration.reconnectDelay.lowerBound > .zero, "a pause of nothing would be a busy loop")
        self.configuration = configuration
        self.logger = logger
        pool = ConnectionPool(configuration: configuration, logger: logger)
    }

    /// Runs the connections' threads until graceful shutdown or cancellation.
    ///
    /// From then on all work is refused with ``MariaDBError/Kind/shutDown``, that which waits included; running work
    /// ends first. Can be called once. Throws ``MariaDBError`` if a second time or if a thread cannot be started.
    public func run() async throws {
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await pool.serve()
            } onGracefulShutdown: {
                self.pool.stop()
            }
        } onCancel: {
            pool.stop()
        }
    }

    /// Runs a closure with a connection to itself, on that connection's thread, without a transaction.
    ///
    /// Each statement commits itself. Throws what the closure throws; ``MariaDBError`` of kind `cannotConnect`,
    /// `overloaded` or `shutDown` if it never ran; `CancellationError` if the caller was cancelled while it waited.
    ///
    /// Work that runs already is not interrupted by cancellation: what a statement has done cannot be known without its
    /// reply, so the caller gets its true outcome instead.
    @discardableResult
    public func withConnection<Result: Sendable>(
        file: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (MariaDBConnection) throws -> Result
    ) async throws -> Result {
        try await submit(file: file, line: line) { connection in
            try connection.lease(file: file, line: line, body)
        }
    }

    /// Asks the server for a sign of life, over a new connection if need be.
    ///
    /// Throws ``MariaDBError``, `CancellationError` as ``withConnection(file:line:_:)`` does.
    public func ping(file: StaticString = #fileID, line: UInt = #line) async throws {
        try await withConnection(file: file, line: line) { try $0.ping(file: file, line: line) }
    }

    /// Runs a closure on a connection's thread and waits for its outcome.
    func submit<Result: Sendable>(
        file: StaticString,
        line: UInt,
        _ body: @escaping @Sendable (MariaDBConnection) throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let id = lastJobID.add(1, ordering: .relaxed).newValue
        do {
            return try await outcome(of: body, id: id, mayWait: false, file: file, line: line)
        } catch is NobodyIdle {
            // A sibling that only ever withdraws what still waits; it is cancelled as soon as there is an outcome.
            // Its timer would cost the fast path above a good part of a round trip.
            async let _ = expire(id)
            return try await outcome(of: body, id: id, mayWait: true, file: file, line: line)
        }
    }

    private func outcome<Result: Sendable>(
        of body: @escaping @Sendable (MariaDBConnection) throws -> Result,
        id: UInt64,
        mayWait: Bool,
        file: StaticString,
        line: UInt
    ) async throws -> Result {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let job = Job(
                    id: id,
                    file: file,
                    line: line,
                    mayWait: mayWait,
                    run: { connection in continuation.resume(with: .init { try body(connection) }) },
                    refuse: { continuation.resume(throwing: $0) }
                )
                if mayWait { pool.submit(job) } else { pool.startNow(job) }
                // The handler may have run before there was anything to withdraw.
                if Task.isCancelled { withdraw(id) }
            }
        } onCancel: {
            withdraw(id)
        }
    }

    private func expire(_ id: UInt64) async {
        let limit = configuration.queueTimeout
        guard (try? await Task.sleep(for: limit)) != nil, let job = pool.withdraw(id) else { return }
        job.refuse(MariaDBError(.overloaded, "no connection was free in \(limit)", file: job.file, line: job.line))
    }

    private func withdraw(_ id: UInt64) {
        pool.withdraw(id)?.refuse(CancellationError())
    }
}
