import HTTPTypes
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

@testable import FlashSaleAPI

/// Answers at once, later, or not at all, as the user's name says.
///
/// Touched on the test's thread only.
final class FastPathDesk: @unchecked Sendable {
    private var waiting: [String: FastCompletion] = [:]

    func take(_ request: FastRequest, _ answer: FastCompletion) -> Bool {
        let (id, user) = (request.text(request.parameters.0), request.text(request.parameters.1))
        let text = "\(id) \(user)"
        switch user {
        case "leave": return false
        case "nobody": answer(.failure(Problem.notInLine))
        case "overloaded": answer(.failure(Problem.overloaded))
        case "wait", "keep": waiting[text] = answer
        case "twice":
            answer(.success(Self.answer(text)))
            answer(.success(Self.answer("another user's")))
        case "liar":
            answer(.success(Self.answer(text)))
            return false
        case "lateliar":
            waiting[text] = answer
            return false
        default: answer(.success(Self.answer(text)))
        }
        return true
    }

    func finish(_ text: String) { waiting[text]?(.success(Self.answer(text))) }

    func finishAgain(_ text: String) { finish(text) }

    private static func answer(_ text: String) -> FlashSaleAPI.Answer {
        FlashSaleAPI.Answer(status: .ok, body: ByteBuffer(string: text))
    }
}

/// Keeps the errors of a log.
struct LogErrors: LogHandler {
    let errors: NIOLockedValueBox<[String]>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.error

    init(errors: NIOLockedValueBox<[String]>) { self.errors = errors }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { errors.withLockedValue { $0.append("\(event.message)") } }
}

/// Keeps the requests that the parser has found, each with its body.
final class LaterHandlers: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    var requests: [String] = []
    var events: [String] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): requests.append("\(head.method) \(head.uri) ")
        case .body(let bytes): requests[requests.count - 1] += String(buffer: bytes)
        case .end: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { events.append("closed") }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

/// Counts what gets through to the socket.
final class SocketReads: ChannelOutboundHandler {
    typealias OutboundIn = Any
    var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}
