extension RedisClient {
    /// Sends a command and returns its reply, which is never an error.
    ///
    /// Throws ``RedisError``: `.server` for an error reply; `.notConnected`, `.shutDown` and `.tooManyInFlight` before
    /// anything is sent; `.timedOut` and `.connectionLost` when it may have been executed. A cancelled caller gets a
    /// `CancellationError`, and its command may have been executed too.
    public func send(_ command: RedisCommand) async throws -> RedisReply {
        let id = nextRequestID()
        return try await keeper(for: id).send(command, id: id).orThrow()
    }

    /// Whether ``send(answer:encode:)`` can send a command from where the caller runs.
    public var hasOwnConnection: Bool { ownKeeper?.isReady ?? false }

    /// Sends a command from one of the group's event loops, without a task; for callers that have to answer a crowd.
    ///
    /// - Parameters:
    ///   - answer: Called once, on the same event loop, perhaps before this returns: with what
    ///     ``send(_:)-(RedisCommand)`` would return or throw.
    ///   - encode: Writes one command, and is called at once.
    /// - Returns: Whether the event loop has a connection; else nothing was done, and `answer` is not called.
    public func send(
        answer: @escaping (Result<RedisReply, any Error>) -> Void,
        encode: (inout RedisCommandEncoder) -> Void
    ) -> Bool {
        ownKeeper?.submit(answer, encode) ?? false
    }

    /// Sends commands in one piece on one connection, and returns their replies in order, errors among them.
    ///
    /// Throws what ``send(_:)-(RedisCommand)`` throws, except `.server`. All of them count as in flight, so more than
    /// ``RedisConfiguration/maximumInFlight`` at once are refused with `.tooManyInFlight`.
    public func send(_ commands: [RedisCommand]) async throws -> [RedisReply] {
        guard !commands.isEmpty else { return [] }
        let id = nextRequestID()
        return try await keeper(for: id).send(commands, id: id)
    }

    /// Runs a script by its SHA-1; if Redis does not know it, sends its source on the same connection.
    ///
    /// `EVAL` carries the source, so not even a `SCRIPT FLUSH` in between can fail it. Throws what
    /// ``send(_:)-(RedisCommand)`` throws.
    public func evaluate(
        _ script: RedisScript,
        keys: [String],
        _ arguments: [RedisArgument] = []
    ) async throws -> RedisReply {
        let id = nextRequestID()
        let keeper = keeper(for: id)
        let cached = RedisCommand(script, keys: keys, arguments)
        let reply = try await keeper.send(cached, id: id)
        guard reply.isUnknownScript else { return try reply.orThrow() }
        return try await keeper.send(cached.withSource, id: nextRequestID()).orThrow()
    }

    /// Runs commands in their order, scripts by their SHA-1 among them, in one piece on one connection.
    ///
    /// From the first script on that Redis does not know, all of them are sent again, scripts with their sources: so those
    /// behind it have to bear being run twice. Returns and throws what ``send(_:)-([RedisCommand])`` does.
    public func sendInOrder(_ commands: [RedisCommand]) async throws -> [RedisReply] {
        var replies = try await send(commands)
        if let first = replies.firstIndex(where: \.isUnknownScript) {
            replies = try await replies[..<first] + send(commands[first...].map(\.withSource))
        }
        return replies
    }
}

extension RedisReply {
    fileprivate var isUnknownScript: Bool {
        if case .error(let error) = self { error.code == "NOSCRIPT" } else { false }
    }

    /// The reply; throws the error that it is.
    public func orThrow() throws(RedisError) -> RedisReply {
        if case .error(let error) = self {
            throw RedisError(error)
        }
        return self
    }
}
