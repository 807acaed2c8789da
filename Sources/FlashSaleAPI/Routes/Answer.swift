import FlashSale
import HTTPTypes
import Hummingbird
import NIOCore

/// What a route answers, whichever way it goes out: as Hummingbird's `Response`, or as bytes from the fast path.
struct Answer {
    /// The status.
    var status: HTTPResponse.Status
    /// The body's media type.
    var mediaType = MediaType.json
    /// Who may keep it.
    var cache = CacheRule.never
    /// What `Location` says.
    var location: String?
    /// What `ETag` says.
    var entityTag: String?
    /// Header fields that few answers have.
    var fields: [HTTPField] = []
    /// The body; nil for an answer that has none, and no length either.
    var body: ByteBuffer?
}

extension Answer {
    /// A problem document with the header fields that go with it.
    init(_ problem: Problem, path: String, requestID: String) {
        self.init(
            status: problem.code.status,
            mediaType: Problem.mediaType,
            body: problem.document(path: path, requestID: requestID)
        )
        if let seconds = problem.retryAfterSeconds { add(.retryAfter, String(seconds)) }
        // A 401 has to name a way to authenticate (RFC 9110, section 15.5.2).
        if problem.code.status == .unauthorized {
            add(.wwwAuthenticate, problem.code == .badSignature ? Self.challenge : Self.operatorChallenge)
        }
        if problem.code == .overloaded { add(.connectionRest, "1") }
        if !problem.allowedMethods.isEmpty { add(.allow, problem.allowedMethods.joined(separator: ", ")) }
    }

    private mutating func add(_ name: HTTPField.Name, _ value: String) {
        fields.append(HTTPField(name: name, value: value))
    }

    /// The scheme of the payment provider: the signature of a webhook.
    static let challenge = "Webhook-Signature"
    /// The scheme of the operator.
    static let operatorChallenge = #"Bearer realm="operator""#
}

extension Response {
    /// An answer on its way through Hummingbird.
    init(_ answer: Answer) {
        var headers = HTTPFields()
        headers.reserveCapacity(8)
        if answer.body != nil { headers[.contentType] = answer.mediaType }
        headers[.cacheControl] = answer.cache.rawValue
        if let location = answer.location { headers[.location] = location }
        if let tag = answer.entityTag { headers[.eTag] = tag }
        for field in answer.fields { headers.append(field) }
        if let body = answer.body {
            self.init(status: answer.status, headers: headers, body: ResponseBody(byteBuffer: body))
        } else {
            self.init(status: answer.status, headers: headers)
            self.headers[.contentLength] = nil
        }
    }
}
