public import FlashSale

/// How the shopper's pages are served.
public struct PageOptions: Sendable, Equatable {
    /// How the pages know who looks at them.
    public enum Identity: Sendable, Equatable {
        /// Whoever comes says a name, which is believed: for trying things out only.
        case named
        /// The shop says who comes, by a link that it signs with this key.
        case signed(VisitorKey)
    }

    /// How the pages know who looks at them.
    public var identity: Identity
    /// Whether an order can be paid on its page, with a payment that moves no money.
    public var simulatesPayments: Bool

    /// Pages for visitors that are known in this way.
    public init(identity: Identity, simulatesPayments: Bool = false) {
        self.identity = identity
        self.simulatesPayments = simulatesPayments
    }
}
