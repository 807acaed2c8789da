import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Makes requests of the parts in which they arrive.
///
/// A body that is too large is cut behind the limit, and its request handed out at once: whoever reads it refuses it.
struct RequestCollector {
    private enum State {
        case idle
        case body(HTTPRequest, ByteBuffer)
        /// The rest of a request that was handed out before its end.
        case rest
    }

    private let limit: Int
    private var state = State.idle
    /// What waits to be handed out; nil for nothing: the room for one would be half a kilobyte for each connection.
    private var complete: CircularBuffer<Request>?

    init(limit: Int) { self.limit = limit }

    /// Whether requests wait to be handed out.
    var hasMore: Bool { complete != nil }

    /// The next request.
    mutating func next() -> Request? {
        let next = complete?.popFirst()
        if complete?.isEmpty == true { complete = nil }
        return next
    }

    /// Takes a part in.
    mutating func received(_ part: HTTPRequestPart) {
        switch (part, state) {
        case (.head(let head), _):
            state = .body(head, ByteBuffer())
            if let length = head.headerFields[.contentLength].flatMap({ Int($0) }), length > limit {
                handOut(rest: true)
            }
        case (.body(var bytes), .body(let head, var body)):
            state = .idle  // So that the bytes are not copied.
            if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
            state = .body(head, body)
            if body.readableBytes > limit { handOut(rest: true) }
        case (.end, .body): handOut(rest: false)
        case (.end, .rest): state = .idle
        default: break
        }
    }

    /// The body that is being read will not end.
    ///
    /// - Returns: Whether there is a request that tells its reader so.
    mutating func failed(_ refusal: ConnectionRefusal) -> Bool {
        guard case .body(let head, _) = state else { return false }
        state = .rest
        append(Request(head: head, body: RequestBody(asyncSequence: FailingBody(error: refusal))))
        return true
    }

    private mutating func append(_ request: Request) {
        var complete = self.complete ?? CircularBuffer(initialCapacity: 1)
        self.complete = nil  // So that nothing is copied.
        complete.append(request)
        self.complete = complete
    }

    private mutating func handOut(rest: Bool) {
        guard case .body(let head, let body) = state else { return }
        state = rest ? .rest : .idle
        append(Request(head: head, body: RequestBody(buffer: body)))
    }
}

/// A body that can't be read.
private struct FailingBody: AsyncSequence, Sendable {
    let error: ConnectionRefusal

    struct AsyncIterator: AsyncIteratorProtocol {
        let error: ConnectionRefusal

        mutating func next() async throws -> ByteBuffer? { throw error }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(error: error) }
}
