import FlashSale
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A shop on a free port of this machine that answers each request as `answer` says.
final class WebhookShop: Sendable {
    /// A request as it came in.
    struct Received: Sendable {
        let path: String
        let headers: HTTPFields
        let body: [UInt8]

        /// The fields that carry the signature.
        var webhookHeaders: WebhookHeaders {
            WebhookHeaders { name in HTTPField.Name(name).map { headers[values: $0] } ?? [] }
        }
    }

    private let requests = Mutex<[Received]>([])
    private let answer: @Sendable (_ path: String) async throws -> Response

    /// Every request, in the order of arrival.
    var received: [Received] { requests.withLock { $0 } }

    /// A shop that is not open yet.
    init(answer: @escaping @Sendable (_ path: String) async throws -> Response) { self.answer = answer }

    /// Runs `body` with the shop's URL, and closes the shop afterwards.
    func open(_ body: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
        let router = Router()
        router.post("**") { request, _ in
            let bytes = try await request.body.collect(upTo: 1 << 20)
            let path = request.uri.path
            self.requests.withLock {
                $0.append(Received(path: path, headers: request.headers, body: Array(bytes.readableBytesView)))
            }
            return try await self.answer(path)
        }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "shop") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.runService(gracefulShutdownSignals: []) }
            group.addTask {
                for await port in ports { return try await body("http://127.0.0.1:\(port)/orders") }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
