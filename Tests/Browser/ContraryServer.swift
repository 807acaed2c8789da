import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import ShopSupport

/// Stands between a browser and the API, notes what the browser asks for, and changes the answers as a test wants.
struct ContraryServer: Sendable {
    /// What a page asks for by itself: the person's own navigation, the style sheet, the script and the icon are not noted.
    struct Request: Sendable {
        let path: String
        let time: ContinuousClock.Instant
    }

    /// An answer that does not come from the API.
    enum Reply: Sendable {
        /// A document.
        case document(String, status: Int = 200, type: String = "application/json")
        /// An event stream: the text at once, and again after each pause; without one it ends behind the first.
        case events(String, every: TimeAmount?)
    }

    let port: Int
    private let noted: NIOLockedValueBox<[Request]>

    /// What pages have asked for so far.
    var requests: [Request] { noted.withLockedValue { $0 } }

    /// Lends a server that runs until `body` ends.
    ///
    /// - Parameter change: Called for each path; nil passes the API's answer on.
    static func with(
        _ shop: RunningShop,
        _ change: @escaping @Sendable (String) async throws -> Reply?,
        _ body: (ContraryServer) async throws -> Void
    ) async throws {
        let noted = NIOLockedValueBox<[Request]>([])
        // The browser follows redirections itself, with the cookies that come with them.
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPClient.Configuration(redirectConfiguration: .disallow)
        )
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(noted: noted, http: http, api: "http://127.0.0.1:\(shop.port)", change: change)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(ContraryServer(port: channel.localAddress?.port ?? 0, noted: noted)))
        } catch { outcome = .failure(error) }
        try await channel.close()
        try await http.shutdown()
        try outcome.get()
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// The most requests that came within any second.
    func most(in requests: [Request]) -> Int {
        requests.map { first in
            requests.count { $0.time >= first.time && $0.time < first.time + .seconds(1) }
        }.max() ?? 0
    }
}

/// Answers one connection; touched on its event loop only.
private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let noted: NIOLockedValueBox<[ContraryServer.Request]>
    private let http: HTTPClient
    private let api: String
    private let change: @Sendable (String) async throws -> ContraryServer.Reply?
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(
        noted: NIOLockedValueBox<[ContraryServer.Request]>,
        http: HTTPClient,
        api: String,
        change: @escaping @Sendable (String) async throws -> ContraryServer.Reply?
    ) {
        self.noted = noted
        self.http = http
        self.api = api
        self.change = change
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
            // A script's request says that it is none for a document (Fetch Metadata, section 2.1).
            let isNavigation = head.headers.first(name: "sec-fetch-dest") == "document"
            guard !isNavigation, !head.uri.hasPrefix("/assets/"), head.uri != "/favicon.ico" else { return }
            noted.withLockedValue { $0.append(ContraryServer.Request(path: head.uri, time: .now)) }
        case .body(var part): body.writeBuffer(&part)
        case .end: if let head { answer(head, body, context) }
        }
    }

    private func answer(_ head: HTTPRequestHead, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        let (http, api, change) = (http, api, change)
        let writer = Writer(handler: self, context: context)
        context.eventLoop.makeFutureWithTask {
            switch try await change(head.uri) {
            case .document(let text, let status, let type):
                let headers: HTTPHeaders = ["content-type": type, "content-length": "\(text.utf8.count)"]
                try await writer.write(HTTPResponseStatus(statusCode: status), headers)
                try await writer.write(ByteBuffer(string: text))
                try await writer.end()
            case .events(let text, let pause):
                try await writer.write(.ok, ["content-type": "text/event-stream"])
                try await writer.write(ByteBuffer(string: text))
                if let pause { writer.repeat(ByteBuffer(string: text), every: pause) } else { try await writer.end() }
            case nil:
                let response = try await http.execute(Self.request(head, body, api), timeout: .seconds(60))
                try await writer.write(response.status, response.headers)
                for try await part in response.body { try await writer.write(part) }
                try await writer.end()
            }
        }.whenFailure { _ in writer.close() }
    }

    private static func request(_ head: HTTPRequestHead, _ body: ByteBuffer, _ api: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: api + head.uri)
        request.method = head.method
        request.headers = head.headers
        request.headers.remove(name: "host")
        // The page's own address, as the API sees it.
        if head.headers.contains(name: "origin") { request.headers.replaceOrAdd(name: "origin", value: api) }
        if body.readableBytes > 0 { request.body = .bytes(body) }
        return request
    }
}

/// Writes one answer, from wherever its parts come.
private struct Writer: Sendable {
    private let bound: NIOLoopBound<(Handler, ChannelHandlerContext)>
    private let eventLoop: any EventLoop

    init(handler: Handler, context: ChannelHandlerContext) {
        bound = NIOLoopBound((handler, context), eventLoop: context.eventLoop)
        eventLoop = context.eventLoop
    }

    func write(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) async throws {
        try await write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
    }

    func write(_ bytes: ByteBuffer) async throws { try await write(.body(.byteBuffer(bytes))) }

    func end() async throws { try await write(.end(nil)) }

    private func write(_ part: HTTPServerResponsePart) async throws {
        try await eventLoop.flatSubmit {
            let (handler, context) = bound.value
            return context.writeAndFlush(handler.wrapOutboundOut(part))
        }.get()
    }

    /// Writes the same again and again for as long as the connection lasts.
    func `repeat`(_ bytes: ByteBuffer, every pause: TimeAmount) {
        eventLoop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { task in
            let (handler, context) = bound.value
            guard context.channel.isActive else { return task.cancel() }
            context.writeAndFlush(handler.wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        }
    }

    func close() { eventLoop.execute { bound.value.1.close(promise: nil) } }
}
