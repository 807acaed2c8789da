import FlashSale
import Metrics

/// What became of wishes to buy and of polls; every counter is made once.
struct LineMetrics: Sendable {
    /// What became of a wish to buy: the label `result`.
    enum JoinResult: String, CaseIterable {
        case joined
        case alreadyInLine = "already_in_line"
        case alreadyDecided = "already_decided"
        case unknownProduct = "unknown_product"
        case saleNotOpen = "sale_not_open"
        case saleClosed = "sale_closed"
        case paused
        case soldOut = "sold_out"
        case alreadyPurchased = "already_purchased"
        case quantityTooHigh = "quantity_too_high"
        case queueFull = "queue_full"
        case rateLimited = "rate_limited"
        /// As many requests were worked on as may be: the line was not asked.
        case overloaded
        case unavailable

        init(_ refusal: JoinRefusal) {
            switch refusal {
            case .unknownProduct: self = .unknownProduct
            case .notOpenYet: self = .saleNotOpen
            case .closed: self = .saleClosed
            case .paused: self = .paused
            case .soldOut: self = .soldOut
            case .alreadyPurchased: self = .alreadyPurchased
            case .quantityTooHigh: self = .quantityTooHigh
            case .queueFull: self = .queueFull
            case .rateLimited: self = .rateLimited
            }
        }
    }

    private let joins: [JoinResult: Counter]
    private let polls: [PurchaseStatus: Counter]
    private let pollsOfNobody: Counter

    init(factory: any MetricsFactory) {
        joins = Dictionary(
            uniqueKeysWithValues: JoinResult.allCases.map { result in
                (
                    result,
                    Counter(
                        label: "flashsale_joins_total",
                        dimensions: [("result", result.rawValue)],
                        factory: factory
                    )
                )
            }
        )
        let poll = { (status: String) in
            Counter(label: "flashsale_polls_total", dimensions: [("status", status)], factory: factory)
        }
        polls = Dictionary(uniqueKeysWithValues: PurchaseStatus.allCases.map { ($0, poll($0.rawValue)) })
        pollsOfNobody = poll(ProblemCode.notInLine.rawValue)
    }

    /// Counts a wish to buy.
    func countJoin(_ result: JoinResult) { joins[result]?.increment() }

    /// Counts a poll.
    ///
    /// - Parameter status: What it found; nil when the user is not in line.
    func countPoll(_ status: PurchaseStatus?) {
        let counter = status.flatMap { polls[$0] } ?? pollsOfNobody
        counter.increment()
    }
}
