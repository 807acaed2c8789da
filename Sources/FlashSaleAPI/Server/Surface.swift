import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Metrics
import NIOCore
import NIOHTTP1

/// A list of endpoints as a server.
///
/// What is offered differs between programs; limits, errors and notes do not.
struct Surface: Sendable {
    private let endpoints: [Endpoint]
    let boundary: RequestBoundary
    private let onQuiesce: @Sendable () -> Void

    /// - Parameter onQuiesce: Called, perhaps many times, when the server goes down: ends answers that would not end.
    init(
        endpoints: [Endpoint],
        gate: RequestGate,
        metricsFactory: any MetricsFactory,
        onQuiesce: @escaping @Sendable () -> Void = {}
    ) {
        self.endpoints = endpoints
        self.onQuiesce = onQuiesce
        boundary = RequestBoundary(endpoints: endpoints, gate: gate, metricsFactory: metricsFactory)
    }

    /// The router alone.
    func buildRouter() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: boundary)
        for endpoint in endpoints {
            router.on(RouterPath(endpoint.path), method: endpoint.method, use: endpoint.handler)
        }
        return router
    }

    /// The server as a service.
    ///
    /// - Parameter onBound: Called with the TCP port once connections are accepted.
    func buildApplication(
        listener: Listener,
        logger: Logger,
        onBound: @escaping @Sendable (Int) async -> Void
    ) -> some ApplicationProtocol {
        let responder = buildRouter().buildResponder()
        let child = connections(
            limits: listener.limits,
            responder: responder,
            fastPath: boundary.fastPath(),
            logger: logger
        )
        return Application(
            responder: responder,
            // Hummingbird's own way to the responder leads over other threads.
            server: HTTPServerBuilder { _ in child },
            configuration: ApplicationConfiguration(
                address: .hostname(listener.host, port: listener.port),
                backlog: Self.backlog,
                availableConnectionsDelegate: MaximumAvailableConnections(listener.limits.connections, logger: logger)
            ),
            onServerRunning: { channel in await onBound(channel.localAddress?.port ?? listener.port) },
            logger: logger
        )
    }

    /// What makes connections of channels.
    ///
    /// - Parameter fastPath: The routes that are answered before the parser; nil for none.
    func connections<Responder: HTTPResponder>(
        limits: ConnectionLimits,
        responder: Responder,
        fastPath: FastPath?,
        logger: Logger
    ) -> EventLoopChannel<Responder> where Responder.Context == BasicRequestContext {
        let boundary = boundary
        return EventLoopChannel(
            limits: limits,
            onRefusal: { boundary.document(for: $0, logger: logger) },
            onQuiesce: onQuiesce,
            responder: responder,
            fastPath: fastPath
        )
    }

    /// A drop brings its crowd in one second: connections that find the queue full are refused by the system.
    private static let backlog = 4_096
}

extension RequestBoundary {
    /// The answer to bytes that no router saw, noted like any other.
    func document(for refusal: ConnectionRefusal, logger: Logger) -> RefusalDocument {
        let document = RefusalDocument(refusal, requestID: ids.next())
        let status = Int(document.head.status.code)
        metrics.record(route: HTTPMetrics.malformed, status: status, duration: nil)
        logger.debug("refused a connection", metadata: ["reason": "\(refusal)", "status": "\(status)"])
        return document
    }
}
