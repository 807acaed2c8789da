/// The name of an order, `PRODUCT-TICKET` such as `7-1042`: known from the moment a user joins, long before the order is.
public struct OrderID: Hashable, Sendable, CustomStringConvertible {
    /// The product that is bought.
    public let product: ProductID
    /// The place in that product's line.
    public let ticket: Ticket

    /// Names the order that a ticket becomes.
    public init(product: ProductID, ticket: Ticket) {
        self.product = product
        self.ticket = ticket
    }

    /// Reads `PRODUCT-TICKET`; nil for anything else.
    public init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let product = ProductID(text: parts[0]), let ticket = Ticket(text: parts[1]) else {
            return nil
        }
        self.init(product: product, ticket: ticket)
    }

    /// `PRODUCT-TICKET`.
    public var description: String { "\(product)-\(ticket)" }
}
