/// Why a command, or the connection under it, failed.
public struct RedisError: Error, CustomStringConvertible {
    /// The kind of failure; further kinds may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }

        /// There is no connection at present; nothing was sent.
        public static let notConnected = Code("notConnected")
        /// No reply came in time.
        public static let timedOut = Code("timedOut")
        /// The connection closed before the reply came.
        public static let connectionLost = Code("connectionLost")
        /// The connection awaits as many replies as it may; nothing was sent.
        public static let tooManyInFlight = Code("tooManyInFlight")
        /// The server sent something that is not the Redis protocol, or a reply nobody asked for.
        public static let protocolViolation = Code("protocolViolation")
        /// The server answered with an error: see ``RedisError/serverError``.
        public static let server = Code("server")
        /// The reply is of another kind than the caller expects.
        public static let unexpectedReply = Code("unexpectedReply")
        /// The server refused the user or the password, or demands one.
        public static let authenticationFailed = Code("authenticationFailed")
        /// The client is shut down, or is shutting down; nothing was sent.
        public static let shutDown = Code("shutDown")
        /// The settings cannot be used, for instance a CA file that does not exist.
        public static let invalidConfiguration = Code("invalidConfiguration")
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, for people.
    public let message: String
    /// What led to it.
    public let cause: (any Error)?
    /// The server's error, for ``Code/server`` and for a refused handshake.
    public let serverError: RedisServerError?
    /// Whether the command may have been executed although no reply came.
    public let outcomeIsUnknown: Bool
    /// The source file in which the error arose.
    public let file: String
    /// The line in ``file``.
    public let line: Int

    /// Creates an error that arises where it is called.
    public init(
        _ code: Code,
        _ message: String,
        cause: (any Error)? = nil,
        serverError: RedisServerError? = nil,
        outcomeIsUnknown: Bool = false,
        file: String = #fileID,
        line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.serverError = serverError
        self.outcomeIsUnknown = outcomeIsUnknown
        self.file = file
        self.line = line
    }

    /// Wraps an error reply.
    init(_ serverError: RedisServerError, file: String = #fileID, line: Int = #line) {
        self.init(.server, serverError.description, serverError: serverError, file: file, line: line)
    }

    /// The code, the message and the chain of causes.
    public var description: String {
        cause.map { "\(code): \(message) (cause: \($0))" } ?? "\(code): \(message)"
    }
}
