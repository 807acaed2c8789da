/// A message published on a channel.
public struct RedisMessage: Sendable, Equatable {
    /// The channel.
    public let channel: String
    /// What was published: any bytes.
    public let payload: [UInt8]

    /// Creates a message.
    public init(channel: String, payload: [UInt8]) {
        self.channel = channel
        self.payload = payload
    }
}

/// The messages of ``RedisClient/withSubscription(to:isolation:_:)``, from the moment the server confirmed it.
///
/// Redis keeps no messages: what is published during an outage is lost, and so is the oldest of more than
/// ``bufferLimit`` that wait to be read. A lost connection ends the sequence by throwing ``RedisError``.
public struct RedisSubscription: AsyncSequence, Sendable {
    /// The messages that may wait; each further one displaces the oldest.
    public static let bufferLimit = 1_024

    private let stream: AsyncThrowingStream<RedisMessage, any Error>

    init(_ stream: AsyncThrowingStream<RedisMessage, any Error>) {
        self.stream = stream
    }

    /// Reads the messages; use one iterator at a time.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: stream.makeAsyncIterator())
    }

    /// Reads the messages of a ``RedisSubscription``.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncThrowingStream<RedisMessage, any Error>.AsyncIterator

        /// Waits for the next message.
        ///
        /// Returns `nil` once the caller is cancelled. Throws ``RedisError`` when the connection is lost.
        public mutating func next() async throws -> RedisMessage? {
            try await base.next()
        }

        /// Waits for the next message.
        ///
        /// Returns `nil` once the caller is cancelled. Throws ``RedisError`` when the connection is lost.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> RedisMessage? {
            try await base.next(isolation: actor)
        }
    }
}
