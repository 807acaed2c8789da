import HTTPTypes
import NIOCore
import NIOHTTP1

/// Writes answers of the fast path as bytes; all connections of an event loop share one, and its memory.
final class FastPathWriter {
    private var buffer = ByteBuffer()
    private let date: HTTPDate

    init(date: HTTPDate) { self.date = date }

    /// The bytes of an answer.
    func write(_ answer: Answer, id: RequestIDs.ID, ids: RequestIDs) -> ByteBuffer {
        // Takes new memory only while a connection still holds the last answer.
        buffer.clear(minimumCapacity: 1_024)
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(answer.status.code))
        buffer.writeInteger(UInt8(ascii: " "))
        // As the later handlers write it.
        buffer.writeString(HTTPResponseStatus(statusCode: answer.status.code).reasonPhrase)
        if let body = answer.body {
            write("\r\nContent-Type: ", answer.mediaType)
            write("\r\nContent-Length: ", String(body.readableBytes))
        }
        write("\r\nCache-Control: ", answer.cache.rawValue)
        if let location = answer.location { write("\r\nLocation: ", location) }
        if let tag = answer.entityTag { write("\r\nETag: ", tag) }
        for field in answer.fields {
            write("\r\n", field.name.rawName)
            write(": ", field.value)
        }
        buffer.writeStaticString("\r\nX-Request-Id: ")
        ids.write(id, to: &buffer)
        write("\r\nX-Content-Type-Options: nosniff\r\nDate: ", date.text())
        buffer.writeStaticString("\r\n\r\n")
        if let body = answer.body { buffer.writeImmutableBuffer(body) }
        return buffer
    }

    private func write(_ name: StaticString, _ value: String) {
        buffer.writeStaticString(name)
        buffer.writeString(value)
    }
}

@available(*, unavailable)
extension FastPathWriter: Sendable {}
