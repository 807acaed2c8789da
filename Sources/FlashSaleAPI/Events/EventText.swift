import FlashSale
import NIOCore

/// Server-sent events as they stand on the wire (WHATWG HTML, section 9.2).
enum EventText {
    /// A line that says nothing, so that nobody on the way takes the stream for dead.
    static let heartbeat = ByteBuffer(string: ":\n\n")
    /// The first line: how soon a lost stream is asked for again, in milliseconds.
    static let greeting = ByteBuffer(string: "retry: 2000\n\n")

    /// What a client has seen of a standing: the same name, nothing new.
    ///
    /// It goes into `Last-Event-ID`, so it has only characters that a header field may have.
    static func id(of standing: Standing, _ outlook: Outlook?) -> String {
        let place = standing.position.map(String.init) ?? "-"
        return "\(standing.ticket).\(standing.status.rawValue).\(place)"
            + ".\(standing.saleState.rawValue).\(standing.stockState.rawValue).\(outlook?.rawValue ?? "-")"
    }

    /// One event with a standing.
    static func standing(id: String, _ document: ByteBuffer) -> ByteBuffer {
        var document = document
        var text = ByteBufferAllocator().buffer(capacity: document.readableBytes + id.utf8.count + 40)
        text.writeStaticString("id: ")
        text.writeString(id)
        text.writeStaticString("\nevent: standing\ndata: ")
        text.writeBuffer(&document)
        text.writeStaticString("\n\n")
        return text
    }

    /// The last event of a stream whose client is to ask again, after so many milliseconds.
    static func reconnect(after milliseconds: Int64) -> ByteBuffer {
        ByteBuffer(string: "retry: \(milliseconds)\nevent: reconnect\ndata: {\"retry_ms\":\(milliseconds)}\n\n")
    }
}

extension PurchaseStatus {
    /// Whether nothing follows any more.
    var isFinal: Bool {
        switch self {
        case .entered, .queued, .held, .pending: false
        case .completed, .left, .cartExpired, .soldOut, .cancelled, .expired, .alreadyPurchased, .refundDue, .failed:
            true
        }
    }
}
