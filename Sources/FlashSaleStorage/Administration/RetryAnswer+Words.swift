public import FlashSale

extension RetryAnswer {
    /// One word for scripts.
    public var code: String {
        switch self {
        case .joined: "joined"
        case .alreadyInLine: "already_in_line"
        case .decided(let status): status.rawValue
        case .refused: "refused"
        case .notAcknowledged: "not_acknowledged"
        case .unreadable: "unreadable"
        }
    }

    /// The place that the user has now.
    public var ticket: Ticket? {
        switch self {
        case .joined(let ticket), .alreadyInLine(let ticket): ticket
        case .decided, .refused, .notAcknowledged, .unreadable: nil
        }
    }
}

extension RetryAnswer {
    /// What happened, in words for an operator.
    public var words: String {
        switch self {
        case .joined(let ticket): "the user joined again, with ticket \(ticket)"
        case .alreadyInLine(let ticket): "the user waits already, with ticket \(ticket)"
        case .decided(let status): "the user has an order by now, which is \(status.rawValue)"
        case .refused(let refusal): refusal.words
        case .notAcknowledged: "a worker is still putting it aside: retry it in a moment"
        case .unreadable: "nobody can tell whose place it was: flashsale failed show"
        }
    }
}

extension JoinRefusal {
    /// Why nobody can join now, for an operator.
    fileprivate var words: String {
        switch self {
        case .unknownProduct: "Redis does not have the line: a worker has to open it first"
        case .notOpenYet(let opensAt): "the sale opens at \(opensAt)"
        case .closed(let closedAt): "the sale closed at \(closedAt)"
        case .paused: "the line is paused: flashsale product resume"
        case .soldOut: "the product is sold out: flashsale product restock"
        case .alreadyPurchased(let order): "the user has bought already\(order.map { ", with order \($0)" } ?? "")"
        case .quantityTooHigh(let maximum): "one user may order at most \(maximum) unit\(maximum == 1 ? "" : "s")"
        case .queueFull(let maximum): "the line is full, with \(maximum) user\(maximum == 1 ? "" : "s")"
        case .rateLimited(let seconds): "the user asked too often: retry it in \(seconds) s"
        }
    }
}
