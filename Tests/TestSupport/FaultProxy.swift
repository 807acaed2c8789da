import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A TCP proxy on the loopback address that breaks the connections passing through it, on command.
///
/// A stream of bytes with a hole in it exists nowhere: a connection that has lost bytes to ``Fault/swallowReplies`` or
/// ``Fault/halfOpen`` is closed as soon as another fault, or none, is set.
public final class FaultProxy: Sendable {
    /// Where the proxy connects to; the host is always this machine.
    public enum Upstream: Sendable {
        /// A port on 127.0.0.1.
        case tcp(port: Int)
        /// The path of a Unix domain socket.
        case unixSocket(path: String)
    }

    /// What the proxy does to the bytes.
    public enum Fault: Sendable, Equatable {
        /// Everything passes unchanged.
        case none
        /// A new connection is accepted and closed at once, and the open ones are closed.
        case refuse
        /// Bytes from the server arrive this much later, in their order.
        case delay(milliseconds: Int)
        /// Exactly this many bytes from the server pass, counted for each connection since its opening or since this
        /// fault was set, whichever came later; then both sides are closed.
        case cutAfter(bytes: Int)
        /// Requests pass, replies are dropped.
        case swallowReplies
        /// Nothing passes either way, and the connection stays open even if the server closes it.
        case halfOpen
        /// Replies are written byte by byte.
        case singleBytes
        /// A request with this text (of any letter case) passes, the server's next answer is swallowed and both sides
        /// are closed; this holds for each connection until another fault is set.
        case cutReplyTo(String)
    }

    /// The proxy's port on 127.0.0.1.
    public let port: Int

    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let shared: SharedState

    private init(port: Int, group: MultiThreadedEventLoopGroup, listener: any Channel, shared: SharedState) {
        self.port = port
        self.group = group
        self.listener = listener
        self.shared = shared
    }

    /// Starts a proxy, with ``Fault/none`` set.
    ///
    /// Throws the system's error if no port can be bound.
    public static func start(to upstream: Upstream) async throws -> FaultProxy {
        let shared = SharedState(upstream: upstream)
        // A thread of its own: what else runs in this process must not look like a fault.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await ServerBootstrap(group: group)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in
                client.eventLoop.makeCompletedFuture {
                    try client.pipeline.syncOperations.addHandler(AcceptedConnectionHandler(shared: shared))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        guard let port = listener.localAddress?.port else {
            throw ChannelError.unknownLocalAddress
        }
        return FaultProxy(port: port, group: group, listener: listener, shared: shared)
    }

    /// Sets the fault for open and for new connections, for every byte that reaches the proxy from now on.
    public func set(_ fault: Fault) {
        for link in shared.replaceFault(by: fault) {
            link.eventLoop.execute { link.faultChanged() }
        }
    }

    /// Closes every connection that is open now.
    public func cutAll() {
        for link in shared.openLinks() {
            link.eventLoop.execute { link.close() }
        }
    }

    /// Stops listening and closes every connection.
    ///
    /// Returns once they are closed.
    public func stop() async {
        // A listener that is closed already has nothing left to fail.
        try? await listener.close()
        for link in shared.openLinks() {
            link.eventLoop.execute { link.close() }
            try? await link.client.closeFuture.get()
        }
        try? await group.shutdownGracefully()
    }
}

/// What the proxy's connections have in common: the server, the present fault, and the list of themselves.
private final class SharedState: Sendable {
    let upstream: FaultProxy.Upstream

    private struct Contents {
        var fault = FaultProxy.Fault.none
        var generation = 0
        var links: [ObjectIdentifier: FaultProxyLink] = [:]
    }
    private let contents = NIOLockedValueBox(Contents())

    init(upstream: FaultProxy.Upstream) {
        self.upstream = upstream
    }

    /// The present fault, and how often it has been set: a link counts bytes anew for each setting.
    var fault: (fault: FaultProxy.Fault, generation: Int) {
        contents.withLockedValue { ($0.fault, $0.generation) }
    }

    func replaceFault(by fault: FaultProxy.Fault) -> [FaultProxyLink] {
        contents.withLockedValue {
            $0.fault = fault
            $0.generation += 1
            return Array($0.links.values)
        }
    }

    func openLinks() -> [FaultProxyLink] {
        contents.withLockedValue { Array($0.links.values) }
    }

    func add(_ link: FaultProxyLink) {
        contents.withLockedValue { $0.links[ObjectIdentifier(link)] = link }
    }

    func remove(_ link: FaultProxyLink) {
        contents.withLockedValue { $0.links[ObjectIdentifier(link)] = nil }
    }

    func connect(on eventLoop: any EventLoop) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(.autoRead, value: false)
        return switch upstream {
        case .tcp(let port): bootstrap.connect(host: "127.0.0.1", port: port)
        case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
        }
    }
}

/// A client's connection before the server's is open: connects there, then links the two.
private final class AcceptedConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let shared: SharedState

    init(shared: SharedState) {
        self.shared = shared
    }

    func channelActive(context: ChannelHandlerContext) {
        guard shared.fault.fault != .refuse else {
            context.close(promise: nil)
            return
        }
        let client = context.channel
        shared.connect(on: context.eventLoop).assumeIsolated().whenComplete { [shared] result in
            guard let server = try? result.get() else {
                client.close(promise: nil)
                return
            }
            FaultProxyLink(client: client, server: server, shared: shared).open()
        }
    }
}

/// One client's connection and its counterpart to the server, on one event loop.
///
/// Unchecked: mutable properties are touched on `eventLoop` only.
private final class FaultProxyLink: @unchecked Sendable {
    let client: any Channel
    let server: any Channel
    let eventLoop: any EventLoop

    private let shared: SharedState
    private var generation: Int
    private var forwardedBytes = 0
    /// What is still to be passed to the client, in order; `nil` is the end of the stream.
    private var delayed = CircularBuffer<ByteBuffer?>()
    /// When the last of `delayed` is due: nothing may overtake it.
    private var lastDue = NIODeadline.now()
    private var hasLostBytes = false
    private var swallowsNextAnswer = false
    /// The end of the last request, in which a text that is split over two chunks may begin.
    private var requestTail: [UInt8] = []

    init(client: any Channel, server: any Channel, shared: SharedState) {
        self.client = client
        self.server = server
        self.shared = shared
        eventLoop = client.eventLoop
        generation = shared.fault.generation
    }

    func open() {
        shared.add(self)
        client.closeFuture.whenComplete { [self] _ in
            shared.remove(self)
            server.close(promise: nil)
        }
        server.closeFuture.whenComplete { [self] _ in serverClosed() }
        do {
            let toServer = RelayHandler { [self] in requestArrived($0) }
            let toClient = RelayHandler { [self] in replyArrived($0) }
            try client.pipeline.syncOperations.addHandler(toServer)
            try server.pipeline.syncOperations.addHandler(toClient)
            try client.syncOptions?.setOption(.autoRead, value: true)
            try server.syncOptions?.setOption(.autoRead, value: true)
        } catch {
            close()
            return
        }
        faultChanged()
    }

    func close() {
        client.close(promise: nil)
        server.close(promise: nil)
    }

    func faultChanged() {
        switch currentFault() {
        case .refuse: close()
        case .swallowReplies, .halfOpen: break
        default: if hasLostBytes { close() }
        }
    }

    private func currentFault() -> FaultProxy.Fault {
        let (fault, newest) = shared.fault
        if newest != generation {
            generation = newest
            forwardedBytes = 0
            swallowsNextAnswer = false
            requestTail = []
        }
        return fault
    }

    private func serverClosed() {
        if case .halfOpen = currentFault() {
            hasLostBytes = true
        } else {
            pass(nil)
        }
    }

    private func requestArrived(_ request: ByteBuffer) {
        let fault = currentFault()
        guard fault != .halfOpen, fault != .refuse else {
            hasLostBytes = true
            return
        }
        if case .cutReplyTo(let text) = fault, contains(text, in: request) {
            swallowsNextAnswer = true
        }
        server.writeAndFlush(request, promise: nil)
    }

    private func contains(_ text: String, in request: ByteBuffer) -> Bool {
        let wanted = text.utf8.map(lowercase)
        let searched = requestTail + request.readableBytesView.map(lowercase)
        requestTail = searched.suffix(max(0, wanted.count - 1))
        return searched.contains(wanted)
    }

    private func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }

    private func replyArrived(_ reply: ByteBuffer) {
        let fault = currentFault()
        guard !swallowsNextAnswer else {
            close()
            return
        }
        guard !hasLostBytes else { return }
        switch fault {
        case .none, .cutReplyTo:
            pass(reply)
        case .delay(let milliseconds):
            lastDue = .now() + .milliseconds(Int64(milliseconds))
            pass(reply)
        case .singleBytes:
            for index in reply.readableBytesView.indices {
                pass(ByteBuffer(reply.readableBytesView[index...index]))
            }
        case .cutAfter(let bytes):
            let passing = reply.readableBytesView.prefix(bytes - forwardedBytes)
            forwardedBytes += passing.count
            pass(ByteBuffer(passing))
            if forwardedBytes >= bytes { server.close(promise: nil) }
        case .swallowReplies, .halfOpen, .refuse:
            hasLostBytes = true
        }
    }

    /// Passes a chunk, or for `nil` the end of the stream, once everything before it has passed.
    private func pass(_ reply: ByteBuffer?) {
        guard lastDue > .now() || !delayed.isEmpty else {
            passNow(reply)
            return
        }
        delayed.append(reply)
        eventLoop.scheduleTask(deadline: lastDue) { [self] in passNow(delayed.removeFirst()) }
    }

    private func passNow(_ reply: ByteBuffer?) {
        if let reply {
            client.writeAndFlush(reply, promise: nil)
        } else {
            client.close(promise: nil)
        }
    }
}

/// Hands each chunk that arrives to a closure, and closes its channel on an error.
private final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let receive: (ByteBuffer) -> Void

    init(receive: @escaping (ByteBuffer) -> Void) {
        self.receive = receive
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        receive(unwrapInboundIn(data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
