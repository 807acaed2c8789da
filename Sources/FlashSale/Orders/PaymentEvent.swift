/// What a payment provider reports about one order.
public struct PaymentEvent: Hashable, Sendable {
    /// The most characters of an event's id.
    public static let maximumIDLength = 255
    /// The most that an order can cost, in minor units: the highest price times the highest quantity.
    public static let maximumAmount: Int64 = 1_000_000_000_000_000_000

    /// The provider's own name for the event: the same name is the same event.
    public var id: String
    /// The order that was or wasn't paid.
    public var order: OrderID
    /// What happened.
    public var status: Status
    /// What was charged, in the currency's minor unit.
    public var amount: Int64
    /// The currency of the amount.
    public var currency: Currency
    /// The body as it was received and verified.
    public var raw: [UInt8]

    /// What happened to a payment.
    public enum Status: String, Sendable, CaseIterable {
        /// The money was taken.
        case paid
        /// No money was taken.
        case failed
    }

    /// A payment event whose signature was verified.
    public init(id: String, order: OrderID, status: Status, amount: Int64, currency: Currency, raw: [UInt8]) {
        self.id = id
        self.order = order
        self.status = status
        self.amount = amount
        self.currency = currency
        self.raw = raw
    }

    /// Whether both say the same, however their bodies are written.
    public func saysTheSame(as other: PaymentEvent) -> Bool {
        order == other.order && status == other.status && amount == other.amount && currency == other.currency
    }
}

/// What became of a payment event.
///
/// One word for one result, the same in MariaDB and in JSON.
public enum PaymentResult: String, Sendable, CaseIterable {
    /// It had its effect on the order.
    case processed
    /// It, or another event that says the same, had its effect before.
    case duplicate
    /// Its order is not there yet; it is applied as soon as it is.
    case waiting
    /// The payment came late, and the units were still there.
    case recovered
    /// The payment came late, and the units are gone: the money has to go back.
    case refundDue = "refund_due"
    /// It contradicts the order or its amount; kept for a person to look at, with no effect.
    case conflicting
}

/// What a payment event is answered with.
public enum PaymentAnswer: Hashable, Sendable {
    /// The event is on record, with this result.
    case recorded(PaymentResult)
    /// The amount or currency is not the order's: on record for a person to look at, never counted as paid.
    case wrongAmount(expected: Int64, currency: Currency)
    /// Another event has this id.
    case otherEventOfThisID
    /// The order names a product that does not exist.
    case unknownProduct
}
