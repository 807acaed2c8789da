import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// Collects a JSON body.
    ///
    /// - Parameter limit: The most bytes it may have.
    /// - Throws: `unsupported_media_type`, `body_too_large`, or ``ConnectionRefusal`` when the body can't be read.
    func jsonBody(upTo limit: Int) async throws -> [UInt8] { try await body(of: MediaType.json, upTo: limit) }

    /// Collects a body of one media type, as ``jsonBody(upTo:)`` does.
    func body(of type: String, upTo limit: Int) async throws -> [UInt8] {
        try refuseMediaTypes(otherThan: type)
        let tooLarge = Problem(.bodyTooLarge, "The body has more than \(limit) bytes.")
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        do {
            let buffer = try await body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }

    /// A body without a content type is taken for what it has to be.
    private func refuseMediaTypes(otherThan expected: String) throws(Problem) {
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw Problem(.unsupportedMediaType, "Send the body without a content encoding.")
        }
        guard let type = headers[.contentType] else { return }
        let parts = type.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmed.lowercased() }
        let isUTF8 = parts.dropFirst().allSatisfy { !$0.hasPrefix("charset=") || $0.contains("utf-8") }
        guard parts.first == expected, isUTF8 else {
            throw Problem(.unsupportedMediaType, "Send the body as \(expected) in UTF-8.")
        }
    }
}

extension Substring {
    /// Without the blanks around it that header fields may have.
    fileprivate var trimmed: Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let head = drop(while: isBlank)
        guard let last = head.lastIndex(where: { !isBlank($0) }) else { return "" }
        return head[...last]
    }
}
