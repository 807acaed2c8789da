import HTTPTypes
import Hummingbird
import NIOCore

/// Who may keep an answer.
enum CacheRule: String {
    /// The answer is one user's, or true only now.
    case never = "no-store"
    /// The same for everybody; a second old is fresh enough for a shop window.
    case oneSecond = "public, max-age=1"
    /// The same for everybody until the next release.
    case oneMinute = "public, max-age=60"
    /// The address names the content, which so never changes.
    case forEver = "public, max-age=31536000, immutable"
}

extension Response {
    /// An answer with a body.
    init(status: HTTPResponse.Status, mediaType: String = MediaType.json, cache: CacheRule, body: ByteBuffer) {
        var headers = HTTPFields()
        headers.reserveCapacity(7)
        headers[.contentType] = mediaType
        headers[.cacheControl] = cache.rawValue
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// A problem document with the header fields that go with it.
    init(_ problem: Problem, path: String, requestID: String) {
        self.init(Answer(problem, path: path, requestID: requestID))
    }

    /// An answer without a body.
    static var noContent: Response {
        var response = Response(status: .noContent)
        response.headers[.cacheControl] = CacheRule.never.rawValue
        // A 204 has no Content-Length (RFC 9110, section 8.6).
        response.headers[.contentLength] = nil
        return response
    }
}

extension HTTPField.Name {
    /// The id under which the log knows a request.
    static let requestID: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Request-Id") else { preconditionFailure("X-Request-Id is a token") }
        return name
    }()
}
