import HTTPTypes

/// The stable, machine-readable name of a refusal: the `code` of a problem document (RFC 9457).
enum ProblemCode: String, CaseIterable, Sendable {
    case invalidRequest = "invalid_request"
    case invalidJSON = "invalid_json"
    case unknownParameter = "unknown_parameter"
    case notFound = "not_found"
    case productNotFound = "product_not_found"
    case badSignature = "bad_signature"
    case crossSite = "cross_site"
    case badLink = "bad_link"
    case notIdentified = "not_identified"
    case unauthorized
    case holdNotFound = "hold_not_found"
    case orderNotFound = "order_not_found"
    case notInLine = "not_in_line"
    case drawNotFound = "draw_not_found"
    case notInDraw = "not_in_draw"
    case rosterNotFixed = "roster_not_fixed"
    case methodNotAllowed = "method_not_allowed"
    case requestTimeout = "request_timeout"
    case saleNotOpen = "sale_not_open"
    case saleClosed = "sale_closed"
    case soldOut = "sold_out"
    case alreadyPurchased = "already_purchased"
    case alreadyDecided = "already_decided"
    case holdExpired = "hold_expired"
    case holdReleased = "hold_released"
    case holdUsed = "hold_used"
    case conflicting
    case eventConflict = "event_conflict"
    case bodyTooLarge = "body_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case invalidField = "invalid_field"
    case rateLimited = "rate_limited"
    case headersTooLarge = "headers_too_large"
    case expectationFailed = "expectation_failed"
    case internalError = "internal_error"
    case notImplemented = "not_implemented"
    case paused
    case queueFull = "queue_full"
    case unavailable
    case overloaded

    /// The HTTP status that goes with the code.
    var status: HTTPResponse.Status {
        switch self {
        case .invalidRequest, .invalidJSON, .unknownParameter: .badRequest
        case .badSignature, .unauthorized: .unauthorized
        case .crossSite, .badLink, .notIdentified: .forbidden
        case .notFound, .productNotFound, .holdNotFound, .orderNotFound, .notInLine, .drawNotFound, .notInDraw:
            .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .requestTimeout: .requestTimeout
        case .saleNotOpen, .saleClosed, .soldOut, .alreadyPurchased, .alreadyDecided, .holdExpired, .holdReleased,
            .holdUsed, .conflicting, .eventConflict, .rosterNotFixed:
            .conflict
        case .bodyTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .invalidField: .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .expectationFailed: .expectationFailed
        case .internalError: .internalServerError
        case .notImplemented: .notImplemented
        case .paused, .queueFull, .unavailable, .overloaded: .serviceUnavailable
        }
    }

    /// A short summary for people; the same for every occurrence.
    var title: String {
        switch self {
        case .invalidRequest: "Not a valid HTTP request"
        case .invalidJSON: "Not valid JSON"
        case .unknownParameter: "Unknown query parameter"
        case .notFound: "No such path"
        case .productNotFound: "No such product"
        case .badSignature: "Bad signature"
        case .crossSite: "Sent by another site"
        case .badLink: "Bad link"
        case .notIdentified: "Visitor not known"
        case .unauthorized: "The operator's key is needed"
        case .holdNotFound: "No such hold"
        case .orderNotFound: "No such order"
        case .notInLine: "Not in line"
        case .drawNotFound: "Nothing is drawn"
        case .notInDraw: "Not in the draw"
        case .rosterNotFixed: "The roster is not fixed yet"
        case .methodNotAllowed: "Method not allowed"
        case .requestTimeout: "Request too slow"
        case .saleNotOpen: "The sale is not open yet"
        case .saleClosed: "The sale is closed"
        case .soldOut: "Sold out"
        case .alreadyPurchased: "Already purchased"
        case .alreadyDecided: "Already decided"
        case .holdExpired: "The hold has run out"
        case .holdReleased: "The hold was given back"
        case .holdUsed: "The hold became an order"
        case .conflicting: "The payment contradicts the order"
        case .eventConflict: "Another event has this id"
        case .bodyTooLarge: "Body too large"
        case .unsupportedMediaType: "Unsupported media type"
        case .invalidField: "Invalid field"
        case .rateLimited: "Too many requests"
        case .headersTooLarge: "Request line or header fields too large"
        case .expectationFailed: "Expectation not known"
        case .internalError: "Internal error"
        case .notImplemented: "Not implemented"
        case .paused: "The line is paused"
        case .queueFull: "The line is full"
        case .unavailable: "Temporarily unavailable"
        case .overloaded: "Too much to do"
        }
    }

    /// Whether only pages answer with this code, which no document describes.
    var isOfPages: Bool {
        switch self {
        case .crossSite, .badLink, .notIdentified: true
        default: false
        }
    }

    /// Whether every answer with this code says when to try again.
    var alwaysSaysWhenToRetry: Bool {
        switch self {
        case .rateLimited, .paused, .queueFull, .unavailable, .overloaded: true
        default: false
        }
    }
}
