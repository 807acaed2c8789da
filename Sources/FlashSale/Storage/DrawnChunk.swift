/// What a line answers when entering is to end.
public enum EntriesAnswer: Hashable, Sendable {
    /// The time has not come: so long it is still.
    case early(Duration)
    /// Nobody enters any more. Numbers above `firstTicket` up to `lastEntry` were handed out to entries, `count` of them.
    case closed(firstTicket: Int64, lastEntry: Int64, count: Int)
    /// The line is not there.
    case missing
}

/// A page of what people have entered.
public struct EntryPage: Hashable, Sendable {
    /// How many entries were read, those of people who have left among them.
    public var read: Int
    /// A line `NUMBER QUANTITY USER` for each entry whose user has not left.
    public var text: [UInt8]

    /// A page of entries.
    public init(read: Int, text: [UInt8]) {
        self.read = read
        self.text = text
    }
}

/// Drawn entries that get their places together.
public struct DrawnChunk: Hashable, Sendable {
    /// The most of them: Redis answers nobody else meanwhile.
    public static let mostEntries = 1_000

    /// The product.
    public var product: ProductID
    /// Names the line that the tickets are of.
    public var nonce: String
    /// The rank of the first, from 0.
    public var rank: Int
    /// The ticket of the first.
    public var ticket: Int64
    /// How many are drawn in all.
    public var total: Int
    /// A line `NUMBER QUANTITY USER` for each, in drawn order.
    public var text: [UInt8]

    /// Drawn entries.
    public init(product: ProductID, nonce: String, rank: Int, ticket: Int64, total: Int, text: [UInt8]) {
        self.product = product
        self.nonce = nonce
        self.rank = rank
        self.ticket = ticket
        self.total = total
        self.text = text
    }
}
