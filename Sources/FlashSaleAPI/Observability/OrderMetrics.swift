import FlashSale
import Metrics

/// What became of checkouts and payment events; every counter is made once.
struct OrderMetrics: Sendable {
    /// What became of a checkout: the label `result`.
    enum CheckoutResult: String, CaseIterable {
        case done
        case again
        case holdNotFound = "hold_not_found"
        case holdExpired = "hold_expired"
        case holdReleased = "hold_released"
        case holdUsed = "hold_used"
        /// As many requests were worked on as may be: the database was not asked.
        case overloaded
        case unavailable

        init(_ answer: HoldAnswer) {
            switch answer {
            case .done: self = .done
            case .again: self = .again
            case .refused(.notFound): self = .holdNotFound
            case .refused(.expired): self = .holdExpired
            case .refused(.released): self = .holdReleased
            case .refused(.used): self = .holdUsed
            }
        }
    }

    /// What became of a payment event: the label `result`.
    enum PaymentEventResult: String, CaseIterable {
        case processed
        case duplicate
        case waiting
        case recovered
        case refundDue = "refund_due"
        case conflicting
        case wrongAmount = "wrong_amount"
        case eventConflict = "event_conflict"
        case unknownProduct = "unknown_product"
        case badSignature = "bad_signature"
        case invalid
        /// As many requests were worked on as may be: the database was not asked.
        case overloaded
        case unavailable

        init(_ answer: PaymentAnswer) {
            switch answer {
            case .recorded(.processed): self = .processed
            case .recorded(.duplicate): self = .duplicate
            case .recorded(.waiting): self = .waiting
            case .recorded(.recovered): self = .recovered
            case .recorded(.refundDue): self = .refundDue
            case .recorded(.conflicting): self = .conflicting
            case .wrongAmount: self = .wrongAmount
            case .otherEventOfThisID: self = .eventConflict
            case .unknownProduct: self = .unknownProduct
            }
        }
    }

    private let checkouts: [CheckoutResult: Counter]
    private let payments: [PaymentEventResult: Counter]

    init(factory: any MetricsFactory) {
        checkouts = Self.counters("flashsale_checkouts_total", factory)
        payments = Self.counters("flashsale_payment_events_total", factory)
    }

    /// Counts a checkout.
    func countCheckout(_ result: CheckoutResult) { checkouts[result]?.increment() }

    /// Counts a payment event.
    func countPaymentEvent(_ result: PaymentEventResult) { payments[result]?.increment() }

    private static func counters<Result>(_ label: String, _ factory: any MetricsFactory) -> [Result: Counter]
    where Result: RawRepresentable<String> & CaseIterable & Hashable {
        Dictionary(
            uniqueKeysWithValues: Result.allCases.map { result in
                (result, Counter(label: label, dimensions: [("result", result.rawValue)], factory: factory))
            }
        )
    }
}
