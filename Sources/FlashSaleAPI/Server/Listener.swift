/// Where a server listens, and what it lets a client do.
public struct Listener: Hashable, Sendable {
    /// The interface's name or address.
    public var host: String
    /// The TCP port; 0 lets the system choose a free one.
    public var port: Int
    /// What a connection may cost.
    public var limits: ConnectionLimits

    /// A place to listen.
    public init(host: String = "127.0.0.1", port: Int, limits: ConnectionLimits = ConnectionLimits()) {
        self.host = host
        self.port = port
        self.limits = limits
    }
}

/// What a connection may cost us: bytes, fields and time.
///
/// Whatever is slower or larger is refused.
public struct ConnectionLimits: Hashable, Sendable {
    /// The most connections at once; more than that wait in the system's backlog.
    public var connections = 24_000
    /// The most bytes of a request's path and query, and of a single header field.
    public var requestLineBytes = 8 * 1_024
    /// The most bytes of a request's path, query and header fields together.
    public var headerBytes = 32 * 1_024
    /// The most header fields of a request.
    public var headerFields = 100
    /// The most bytes of a request's body.
    public var bodyBytes = 16 * 1_024
    /// The most bytes of an event stream that wait for their reader, here; the system keeps as much again.
    public var streamBytes = 16 * 1_024
    /// How long a request's head may take from its first byte, and how long a new connection may say nothing.
    public var headTime: Duration = .seconds(10)
    /// How long a request's body may take from the end of its head.
    public var bodyTime: Duration = .seconds(10)
    /// How long a client may leave an answer unread.
    public var writeTime: Duration = .seconds(10)
    /// How long we leave a connection unread whose client was told that there is too much to do: what `Retry-After` says.
    public var restTime: Duration = .seconds(ConnectionRest.seconds)
    /// How long an idle connection stays open when the server goes down: a request that is on its way is still answered.
    public var graceTime: Duration = .milliseconds(300)
    /// How long a connection may be idle between two requests.
    public var idleTime: Duration = .seconds(60)
    /// How long a connection that we end may go on sending, unheard.
    ///
    /// A socket closed over unread bytes is reset, and the client would lose the answer (RFC 9112, section 9.6).
    public var lingerTime: Duration = .seconds(2)

    /// The limits that suit a public listener.
    public init() {}
}
