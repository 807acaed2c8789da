import NIOCore

extension RedisClient {
    /// Listens to channels on a connection of its own for as long as `body` runs.
    ///
    /// `body` begins once the server has confirmed every channel: nothing published from then on is missed while the
    /// connection lasts. Throws ``RedisError`` if that fails, and what `body` throws.
    public func withSubscription<Result>(
        to channels: [String],
        isolation: isolated (any Actor)? = #isolation,
        _ body: (RedisSubscription) async throws -> Result
    ) async throws -> Result {
        precondition(!channels.isEmpty, "a subscription needs a channel")
        let (stream, messages) = AsyncThrowingStream<RedisMessage, any Error>.makeStream(
            bufferingPolicy: .bufferingNewest(RedisSubscription.bufferLimit)
        )
        let connection = try subscriptions.add {
            SubscriptionConnection(
                configuration: configuration,
                channels: channels,
                eventLoop: eventLoopGroup.next(),
                messages: messages
            )
        }
        defer {
            connection.close(because: RedisError(.shutDown, "the subscription has ended"))
            subscriptions.remove(connection)
        }
        return try await withTaskCancellationHandler {
            try await subscribe(connection)
            return try await body(RedisSubscription(stream))
        } onCancel: {
            connection.close(because: RedisError(.shutDown, "the subscriber was cancelled"))
        }
    }

    private func subscribe(_ connection: SubscriptionConnection) async throws {
        do {
            try await connector.open(connection, on: connection.eventLoop)
        } catch {
            // The promise must not be left unfulfilled.
            connection.close(because: error)
        }
        do {
            try await connection.subscribed.get()
        } catch {
            try Task.checkCancellation()
            throw error
        }
    }
}
