/// What a person may ask of the API.
enum RehearsalRoute: String, Sendable, CaseIterable {
    case join
    case standing
    case leave
    case checkout
    case payment

    /// As people know it.
    var title: String {
        switch self {
        case .join: "POST …/queue"
        case .standing: "GET …/queue/{user}"
        case .leave: "DELETE …/queue/{user}"
        case .checkout: "POST /api/orders"
        case .payment: "POST …/webhook"
        }
    }
}

/// What the API said to one request, as far as a rehearsal looks at it.
struct RehearsalReply: Sendable, Equatable {
    /// 0 when no answer came.
    var status = 0
    /// The standing's status, the payment's result or the problem's code; why no answer came.
    var word = ""
    var ticket: Int64?
    var position: Int64?
    var servedTicket: Int64?
    var lastTicket: Int64?
    var order: String?
    /// When to ask again, in milliseconds.
    var pollAfter: Int64?
    /// When to try again, in seconds.
    var retryAfter: Int64?
    /// Until this ticket is decided, in seconds: half of all people are sooner, and nine of ten.
    var estimate: Estimate?

    /// An estimate as the standing gives it.
    struct Estimate: Sendable, Equatable {
        var p50: Int64
        var p90: Int64
    }

    var isSuccess: Bool { (200..<300).contains(status) }
    /// Whether the same request may do better later.
    var isTryAgain: Bool { status == 0 || status == 408 || status == 429 || status >= 500 }
}
