import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP server on a free port of 127.0.0.1 that answers as a test wants.
struct TinyHTTPServer {
    /// A request, whole.
    struct Request: Sendable {
        var method: String
        var path: String
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    /// An answer: a status, and a JSON document.
    typealias Answer = (status: Int, body: String)

    let port: Int
    /// What has come in so far.
    let requests: NIOLockedValueBox<[Request]>

    var url: String { "http://127.0.0.1:\(port)" }

    /// Lends a server that runs until `body` ends.
    ///
    /// - Parameter answer: Called on the server's thread, once for each request; nil closes the connection.
    static func with<R>(
        _ answer: @escaping @Sendable (Request) -> Answer?,
        _ body: (TinyHTTPServer) async throws -> R
    ) async throws -> R {
        let requests = NIOLockedValueBox<[Request]>([])
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(requests: requests, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let server = TinyHTTPServer(port: channel.localAddress?.port ?? 0, requests: requests)
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let requests: NIOLockedValueBox<[Request]>
        private let answer: @Sendable (Request) -> Answer?
        private var request = Request(method: "", path: "", headers: [:], body: [])

        init(requests: NIOLockedValueBox<[Request]>, answer: @escaping @Sendable (Request) -> Answer?) {
            self.requests = requests
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = Request(method: head.method.rawValue, path: head.uri, headers: head.headers, body: [])
            case .body(let part): request.body += Array(part.readableBytesView)
            case .end: respond(context)
            }
        }

        private func respond(_ context: ChannelHandlerContext) {
            let request = request
            requests.withLockedValue { $0.append(request) }
            guard let (status, body) = answer(request) else {
                context.close(promise: nil)
                return
            }
            let head = HTTPResponseHead(
                version: .http1_1,
                status: HTTPResponseStatus(statusCode: status),
                headers: ["content-type": "application/json", "content-length": "\(body.utf8.count)"]
            )
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
