internal import CHiredis

/// The reply parser of hiredis: bytes in, replies out.
///
/// Not `Sendable`: it belongs to one connection, on one event loop.
final class ReplyReader {
    private let reader: UnsafeMutablePointer<redisReader>

    /// The most bytes to feed at once.
    ///
    /// hiredis throws away a buffer of more than 16 KiB whenever it is empty, and moves all that remains after each
    /// 1 KiB of replies: small portions keep the buffer and shorten the moves.
    static let portion = 8 * 1_024

    init() {
        guard let reader = redisReaderCreate() else {
            fatalError("out of memory for a reply reader")
        }
        self.reader = reader
    }

    deinit {
        redisReaderFree(reader)
    }

    /// Takes bytes in and hands out each reply that they complete.
    ///
    /// Throws ``RedisError/Code/protocolViolation`` for bytes that are no reply or one nested more than 7 deep; the
    /// reader is of no further use then.
    func feed(_ bytes: UnsafeRawBufferPointer, _ receive: (RedisReply) -> Void) throws(RedisError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let portion = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.portion))
            rest = rest.dropFirst(portion.count)
            guard
                redisReaderFeed(reader, portion.assumingMemoryBound(to: CChar.self).baseAddress, portion.count)
                    == REDIS_OK
            else {
                throw violation()
            }
            while let reply = try next() {
                receive(reply)
            }
        }
    }

    /// The next complete reply, or `nil` until more bytes arrive.
    ///
    /// A null pointer tells "incomplete"; null itself is a reply of the type NIL.
    private func next() throws(RedisError) -> RedisReply? {
        var object: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &object) == REDIS_OK else {
            throw violation()
        }
        guard let object else { return nil }
        defer { freeReplyObject(object) }
        return RedisReply(copying: object.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private func violation() -> RedisError {
        let reason = withUnsafeBytes(of: reader.pointee.errstr) { text in
            String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        }
        return RedisError(.protocolViolation, reason)
    }
}

extension RedisReply {
    fileprivate init(copying reply: redisReply) {
        switch reply.type {
        case REDIS_REPLY_STRING:
            self = .string(Array(UnsafeRawBufferPointer(start: reply.str, count: reply.len)))
        case REDIS_REPLY_STATUS:
            self = .status(String(decoding: UnsafeRawBufferPointer(start: reply.str, count: reply.len), as: UTF8.self))
        case REDIS_REPLY_INTEGER:
            self = .integer(Int64(reply.integer))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: reply.element, count: reply.elements)
            self = .array(elements.map { $0.map { RedisReply(copying: $0.pointee) } ?? .null })
        case REDIS_REPLY_ERROR:
            let line = String(decoding: UnsafeRawBufferPointer(start: reply.str, count: reply.len), as: UTF8.self)
            self = .error(RedisServerError(line: line))
        default:
            self = .null
        }
    }
}
