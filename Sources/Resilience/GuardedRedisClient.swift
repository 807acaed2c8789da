public import Redis
public import ServiceLifecycle

/// A client of Redis behind its circuit breaker: while that is open, every call ends at once with ``CircuitOpen``.
///
/// A call is what a caller waits for: a command, a pipeline, a script with its repetition after a NOSCRIPT, a command that
/// many users share. Subscriptions are neither counted nor refused: one stays for hours, so that its end would come too
/// late to say anything, and it would occupy the only probe of a half-open breaker.
public struct GuardedRedisClient: Service {
    /// The breaker.
    public let breaker: StoreBreaker
    private let client: RedisClient

    /// A client behind a breaker, which has to be the only one of this store in the process.
    public init(_ client: RedisClient, breaker: StoreBreaker) {
        self.client = client
        self.breaker = breaker
    }

    /// The same client for those who have to ask Redis itself, at the start or for a probe of readiness: its calls are
    /// never refused, and say nothing to the breaker.
    public var unguarded: GuardedRedisClient {
        GuardedRedisClient(client, breaker: .neverOpening(breaker.name))
    }

    /// Whether at least one connection is open and has passed its handshake.
    public var isReady: Bool { client.isReady }

    /// Keeps the connections until it is cancelled or gracefully shut down: `RedisClient.run()`.
    public func run() async throws { try await client.run() }

    /// Returns once the first connection is ready: `RedisClient.waitUntilReady(within:)`.
    public func waitUntilReady(within limit: Duration) async throws { try await client.waitUntilReady(within: limit) }

    /// Asks for a sign of life past the breaker.
    ///
    /// Throws `RedisError`.
    public func ping() async throws { _ = try await client.send(RedisCommand("PING")) }

    /// Looks for signs of life while the breaker is open, until its task is cancelled.
    public func watch() async { await breaker.watch { try await ping() } }
}

extension GuardedRedisClient {
    /// Sends a command and returns its reply, which is never an error.
    ///
    /// Throws ``CircuitOpen``, and what the client throws.
    public func send(_ command: RedisCommand) async throws -> RedisReply {
        try await breaker.run { try await client.send(command) }
    }

    /// Sends commands in one piece on one connection, and returns their replies in order, errors among them.
    ///
    /// Throws ``CircuitOpen``, and what the client throws.
    public func send(_ commands: [RedisCommand]) async throws -> [RedisReply] {
        try await breaker.run(verdict: { CallVerdict(of: $0) }) { try await client.send(commands) }
    }

    /// Runs commands in their order, scripts by their SHA-1 among them, in one piece on one connection.
    ///
    /// Throws ``CircuitOpen``, and what the client throws.
    public func sendInOrder(_ commands: [RedisCommand]) async throws -> [RedisReply] {
        try await breaker.run(verdict: { CallVerdict(of: $0) }) { try await client.sendInOrder(commands) }
    }

    /// Runs a script by its SHA-1; if Redis does not know it, sends its source on the same connection.
    ///
    /// Throws ``CircuitOpen``, and what the client throws.
    public func evaluate(
        _ script: RedisScript,
        keys: [String],
        _ arguments: [RedisArgument] = []
    ) async throws -> RedisReply {
        try await breaker.run { try await client.evaluate(script, keys: keys, arguments) }
    }

    /// Whether ``send(answer:encode:)`` can send a command from where the caller runs.
    public var hasOwnConnection: Bool { client.hasOwnConnection }

    /// Sends a command from one of the client's event loops, without a task; for callers that have to answer a crowd.
    ///
    /// - Parameters:
    ///   - answer: Called once, on the same event loop, perhaps before this returns: with the reply, with ``CircuitOpen``
    ///     when the breaker lets no call through, or with what the client throws.
    ///   - encode: Writes one command, and is called at once, or not at all when the breaker lets no call through.
    /// - Returns: Whether `answer` is called; else the event loop has no connection, and nothing was done.
    public func send(
        answer: @escaping (Result<RedisReply, any Error>) -> Void,
        encode: (inout RedisCommandEncoder) -> Void
    ) -> Bool {
        let permit: CircuitBreaker.Permit
        do throws(CircuitOpen) { permit = try breaker.permit() } catch {
            answer(.failure(error))
            return true
        }
        let isSent = client.send(
            answer: { [breaker] result in
                breaker.ended(permit, result.verdict)
                answer(result)
            },
            encode: encode
        )
        // The place of a probe is free again for whoever asks on another connection.
        if !isSent { breaker.ended(permit, .saysNothing) }
        return isSent
    }

    /// Listens to channels on a connection of its own for as long as `body` runs, past the breaker.
    ///
    /// Throws what the client throws.
    public func withSubscription<Result>(
        to channels: [String],
        isolation: isolated (any Actor)? = #isolation,
        _ body: (RedisSubscription) async throws -> Result
    ) async throws -> Result {
        try await client.withSubscription(to: channels, isolation: isolation, body)
    }
}

extension Result<RedisReply, any Error> {
    /// What the end of a command says of Redis; here an error reply is an error.
    fileprivate var verdict: CallVerdict {
        switch self {
        case .success: .works
        case .failure(let error): CallVerdict(of: error)
        }
    }
}
