import FlashSale
import HTTPTypes
import NIOCore

/// A refusal on its way to the client: it becomes a problem document (RFC 9457) at the edge of the API.
struct Problem: Error, Equatable {
    /// What the machine reads.
    var code: ProblemCode
    /// What went wrong this time, for people: whole sentences.
    var detail: String
    /// Answered as `Retry-After`.
    var retryAfterSeconds: Int?
    /// Answered as `Allow`, for 405.
    var allowedMethods: [String] = []
    /// Every bad field of the request.
    var errors: [InvalidValue] = []
    /// What else the document says, by member name.
    var extensions: [Extension] = []
    /// What the operator's log says of it beside what the client is told; a warning, if there is one.
    var reason: String?

    /// A member of a problem document that only some codes have.
    struct Extension: Hashable {
        var name: String
        var value: Value

        enum Value: Hashable {
            case text(String)
            case number(Int)
        }
    }

    /// Whether an operator has to hear of it, because it is our failure or has a reason of its own.
    var isOurs: Bool {
        switch code {
        case .unavailable, .overloaded, .internalError: true
        default: reason != nil
        }
    }

    /// The document's media type.
    static let mediaType = "application/problem+json"

    /// A refusal.
    ///
    /// A code that always says when to try again says one second unless it is told otherwise.
    init(
        _ code: ProblemCode,
        _ detail: String,
        retryAfterSeconds: Int? = nil,
        allowedMethods: [String] = [],
        errors: [InvalidValue] = [],
        extensions: [Extension] = [],
        reason: String? = nil
    ) {
        self.code = code
        self.detail = detail
        self.retryAfterSeconds = retryAfterSeconds ?? (code.alwaysSaysWhenToRetry ? 1 : nil)
        self.allowedMethods = allowedMethods
        self.errors = errors
        self.extensions = extensions
        self.reason = reason
    }

    /// The document.
    ///
    /// - Parameters:
    ///   - path: The path that was asked for, when there was one that could be read.
    ///   - requestID: What the operator finds in the log.
    func document(path: String?, requestID: String) -> ByteBuffer {
        JSONWriter.object { json in
            json.member("type", "urn:flashsale:problem:\(code.rawValue)")
            json.member("title", code.title)
            json.member("status", code.status.code)
            json.member("code", code.rawValue)
            json.member("detail", detail)
            if let path { json.member("instance", path.excerpt) }
            json.member("request_id", requestID)
            for member in extensions {
                json.key(text: member.name)
                switch member.value {
                case .text(let text): json.value(text)
                case .number(let number): json.value(number)
                }
            }
            if !errors.isEmpty { writeErrors(to: &json) }
        }
    }

    private func writeErrors(to json: inout JSONWriter) {
        json.key("errors")
        json.array { json in
            for error in errors {
                json.object { json in
                    json.member("field", error.field)
                    json.member("problem", error.problem)
                    json.member("remedy", error.remedy)
                }
            }
        }
    }
}

extension Problem {
    /// 422 for the fields given.
    static func invalidFields(_ errors: [InvalidValue]) -> Problem {
        let sentences = errors.map { "\($0.field) \($0.problem)." }.joined(separator: " ")
        return Problem(.invalidField, sentences, errors: errors)
    }

    /// 404 for a product that does not exist, or whose number is none.
    static let productNotFound = Problem(.productNotFound, "There is no product of this number.")

    /// 503 while a store can't be reached; the reason stays in the log.
    static let unavailable = Problem(
        .unavailable,
        "A store can't be reached at the moment. Try again: what was done is not lost, and not done twice."
    )

    /// 503 while a store that kept failing is not asked.
    ///
    /// - Parameter time: When the store may be asked again, at the earliest.
    static func unavailable(retryAfter time: Duration) -> Problem {
        var problem = unavailable
        problem.retryAfterSeconds = max(1, Int(time.components.seconds) + (time.components.attoseconds > 0 ? 1 : 0))
        return problem
    }

    /// 500; what happened stays in the log.
    static let internalError = Problem(.internalError, "The request failed on our side. The log has the request_id.")
}
