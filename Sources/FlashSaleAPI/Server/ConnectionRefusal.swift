import NIOHTTP1

/// Why a connection is ended: what came over it was no request that the router could see.
enum ConnectionRefusal: Error, Hashable {
    /// NIO's parser stopped, or ``HeadRules`` did: a bad method, target, version, header field or framing.
    case malformed
    /// The request line or the header fields are larger than ``ConnectionLimits`` allows.
    case headersTooLarge
    /// The head did not arrive in time.
    case headTooSlow
    /// The body did not arrive in time.
    case bodyTooSlow
    /// The body has a transfer coding beside `chunked` (RFC 9112, 6.1).
    case unknownTransferCoding
    /// `Expect` has something else than `100-continue` (RFC 9110, 10.1.1).
    case unknownExpectation

    init(_ error: HTTPParserError) {
        self = error == .headerOverflow ? .headersTooLarge : .malformed
    }

    /// What the client is told.
    var problem: Problem {
        switch self {
        case .malformed:
            Problem(.invalidRequest, "The bytes received are not an HTTP/1.1 request. The connection is closed.")
        case .headersTooLarge:
            Problem(
                .headersTooLarge,
                "The request line or a header field is too long, or there are too many. The connection is closed."
            )
        case .headTooSlow:
            Problem(.requestTimeout, "The head of the request did not arrive in time. The connection is closed.")
        case .bodyTooSlow:
            Problem(.requestTimeout, "The body of the request did not arrive in time. The connection is closed.")
        case .unknownTransferCoding:
            Problem(.notImplemented, "Of the transfer codings only chunked is known. The connection is closed.")
        case .unknownExpectation:
            Problem(.expectationFailed, "Of the expectations only 100-continue is known. The connection is closed.")
        }
    }
}
