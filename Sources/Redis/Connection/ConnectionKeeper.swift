import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Keeps one connection open on one event loop: opens it, and opens another whenever it is lost.
///
/// Unchecked: mutable properties are touched on `eventLoop` only.
final class ConnectionKeeper: @unchecked Sendable {
    let eventLoop: any EventLoop

    private let configuration: RedisConfiguration
    private let connector: Connector
    private let readiness: Readiness
    private let logger: Logger
    private let readyFlag = Atomic(false)

    private var connection: CommandConnection?
    /// What callers are told while there is no ready connection.
    private var refusal: RedisError
    private var readySince: NIODeadline?
    private var hasFailed = false
    private var isShutDown = false

    init(
        configuration: RedisConfiguration,
        connector: Connector,
        eventLoop: any EventLoop,
        readiness: Readiness,
        logger: Logger
    ) {
        self.configuration = configuration
        self.connector = connector
        self.eventLoop = eventLoop
        self.readiness = readiness
        self.logger = logger
        refusal = readiness.lastCause
    }

    /// Whether a command would be sent now, as any thread may ask.
    var isReady: Bool { readyFlag.load(ordering: .relaxed) }
}

// MARK: - Commands

extension ConnectionKeeper {
    /// Sends a command at the end of this turn of the event loop; the reply may be an error.
    ///
    /// Throws ``RedisError``, or `CancellationError` once the caller is cancelled: the command may be executed then.
    func send(_ command: RedisCommand, id: UInt64) async throws -> RedisReply {
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                onEventLoop {
                    if let connection = self.readyConnection {
                        connection.submit(command, id: id, continuation)
                    } else {
                        continuation.resume(throwing: self.refusal)
                    }
                }
            }
        } onCancel: {
            abandon(id)
        }
    }

    /// Sends commands in one piece; the replies come in their order, errors among them.
    func send(_ commands: [RedisCommand], id: UInt64) async throws -> [RedisReply] {
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                onEventLoop {
                    if let connection = self.readyConnection {
                        connection.submit(commands, id: id, continuation)
                    } else {
                        continuation.resume(throwing: self.refusal)
                    }
                }
            }
        } onCancel: {
            abandon(id)
        }
    }

    /// Sends a command at the end of this turn for a caller on the event loop.
    ///
    /// - Returns: Whether there is a connection; else nothing was done.
    func submit(
        _ answer: @escaping (Result<RedisReply, any Error>) -> Void,
        _ encode: (inout RedisCommandEncoder) -> Void
    ) -> Bool {
        eventLoop.preconditionInEventLoop()
        guard let connection = readyConnection else { return false }
        connection.submit(answer, encode)
        return true
    }

    private var readyConnection: CommandConnection? { isReady ? connection : nil }

    private func abandon(_ id: UInt64) {
        eventLoop.execute { self.connection?.abandon(id: id) }
    }

    /// A caller on the event loop itself is served without a detour.
    private func onEventLoop(_ body: @escaping @Sendable () -> Void) {
        if eventLoop.inEventLoop {
            body()
        } else {
            eventLoop.execute(body)
        }
    }
}

// MARK: - Life

extension ConnectionKeeper {
    /// Connects again and again, until it is shut down.
    func run() async {
        var backoff = Backoff(configuration.reconnectDelay)
        var random = SystemRandomNumberGenerator()
        var failures = 0
        while let attempt = await begin() {
            do {
                try await connector.open(attempt.connection, on: eventLoop)
            } catch {
                eventLoop.execute { attempt.connection.close(because: error) }
            }
            // A future of the event loop, which shutting down fulfils.
            guard let end = try? await attempt.end.get(), !end.isShutDown else { return }
            if end.wasStable {
                backoff.reset()
                failures = 0
            }
            failures += 1
            let delay = backoff.next(using: &random)
            log(end.cause, failures: failures, delay: delay)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
        }
    }

    /// Takes no more commands; those in flight get their replies, or fail at once if not `gracefully`.
    func shutDown(gracefully: Bool) {
        eventLoop.execute { [self] in
            isShutDown = true
            refusal = RedisError(.shutDown, "the client is shut down")
            if gracefully {
                connection?.drain()
            } else {
                connection?.close(because: refusal)
            }
        }
    }

    private struct End: Sendable {
        let cause: RedisError
        /// Whether it was ready for long enough: one that comes and goes must not be spared the longer pauses.
        let wasStable: Bool
        let isShutDown: Bool
    }

    private struct Attempt: Sendable {
        let connection: CommandConnection
        let end: EventLoopFuture<End>
    }

    /// A connection that is to be opened; `nil` after shutting down.
    private func begin() async -> Attempt? {
        let attempt = eventLoop.submit { [self] () -> Attempt? in
            guard !isShutDown else { return nil }
            let end = eventLoop.makePromise(of: End.self)
            let connection = CommandConnection(
                configuration: configuration,
                eventLoop: eventLoop,
                onReady: { [self] in becameReady() },
                onClose: { [self] cause in end.succeed(closed(cause)) }
            )
            self.connection = connection
            return Attempt(connection: connection, end: end.futureResult)
        }
        // An event loop that has stopped serves no more connections.
        return try? await attempt.get()
    }

    private func becameReady() {
        readySince = eventLoop.now
        readyFlag.store(true, ordering: .relaxed)
        readiness.becameReady()
        // The end of an outage is news; the first connection of a process is not.
        logger.log(
            level: hasFailed ? .info : .debug,
            "Redis connection is ready",
            metadata: ["address": "\(configuration.address)"]
        )
        hasFailed = false
    }

    private func closed(_ cause: RedisError) -> End {
        readyFlag.store(false, ordering: .relaxed)
        connection = nil
        let stability = TimeAmount(configuration.reconnectDelay.upperBound)
        let wasStable = readySince.map { eventLoop.now - $0 >= stability } ?? false
        readySince = nil
        if !isShutDown {
            hasFailed = true
            refusal = RedisError(.notConnected, "not connected to \(configuration.address)", cause: cause)
            readiness.failed(cause)
        }
        return End(cause: cause, wasStable: wasStable, isShutDown: isShutDown)
    }

    /// One warning tells of an outage; its further attempts are for debugging.
    private func log(_ cause: RedisError, failures: Int, delay: Duration) {
        logger.log(
            level: failures == 1 ? .warning : .debug,
            "Redis connection failed, connecting again",
            metadata: [
                "address": "\(configuration.address)", "delay_ms": "\(Int(delay / .milliseconds(1)))",
                "cause": "\(cause)",
            ]
        )
    }
}
