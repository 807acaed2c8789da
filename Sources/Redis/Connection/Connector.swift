import NIOCore
import NIOPosix
import NIOSSL

/// Opens transports to one server: TCP or a Unix domain socket, TLS in front if it is configured.
struct Connector: Sendable {
    private let configuration: RedisConfiguration
    private let tls: Result<NIOSSLContext?, RedisError>

    /// Reads the CA file; ``validate()`` tells how that went.
    init(_ configuration: RedisConfiguration) {
        self.configuration = configuration
        tls = Result { () throws(RedisError) in try Self.makeTLSContext(configuration) }
    }

    /// Throws ``RedisError/Code/invalidConfiguration`` if no connection could ever be opened.
    func validate() throws(RedisError) {
        _ = try tls.get()
    }

    /// Opens a transport on an event loop, with `handler` at the end of its pipeline.
    ///
    /// Throws ``RedisError/Code/notConnected``.
    func open(_ handler: some ChannelInboundHandler & Sendable, on eventLoop: any EventLoop) async throws(RedisError) {
        let context = try tls.get()
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { [configuration] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context, let tls = configuration.tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: configuration.serverName(tls))
                        )
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        do {
            switch configuration.address {
            case .tcp(let host, let port):
                _ = try await bootstrap.connect(host: host, port: port).get()
            case .unixSocket(let path):
                _ = try await bootstrap.connect(unixDomainSocketPath: path).get()
            }
        } catch {
            throw RedisError(.notConnected, "cannot connect to \(configuration.address)", cause: error)
        }
    }

    private static func makeTLSContext(_ configuration: RedisConfiguration) throws(RedisError) -> NIOSSLContext? {
        guard let tls = configuration.tls, case .tcp = configuration.address else { return nil }
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv12
        if let caFile = tls.caFile {
            settings.trustRoots = .file(caFile)
        }
        do {
            return try NIOSSLContext(configuration: settings)
        } catch {
            let file = tls.caFile ?? "the system's certificates"
            throw RedisError(.invalidConfiguration, "TLS cannot be set up with \(file)", cause: error)
        }
    }
}

extension RedisConfiguration {
    /// The name to announce and to verify; `nil` for an IP address, which is verified as such.
    fileprivate func serverName(_ tls: TLS) -> String? {
        if let name = tls.serverName { return name }
        guard case .tcp(let host, _) = address else { return nil }
        let isIPAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return isIPAddress ? nil : host
    }
}
