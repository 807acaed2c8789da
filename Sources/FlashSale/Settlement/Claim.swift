/// A batch of entries that a worker has taken from a line and not yet acknowledged.
public struct Claim: Hashable, Sendable {
    /// The product's claims are numbered; an acknowledgement names the claim that it ends.
    public var number: Int64
    /// How often the batch was handed out, this time included.
    public var attempts: Int
    /// The entries, in the order of their tickets.
    public var entries: [ClaimedEntry]
    /// Entries that can't be read, with their raw bytes.
    public var unreadable: [UnreadableEntry]
    /// How many entries wait behind the batch.
    public var lineLength: Int
    /// The last ticket that the line had handed out when it was claimed: a change of price holds for those above it.
    public var lastTicket: Int64

    /// A batch of entries.
    public init(
        number: Int64,
        attempts: Int = 1,
        entries: [ClaimedEntry],
        unreadable: [UnreadableEntry] = [],
        lineLength: Int = 0,
        lastTicket: Int64 = 0
    ) {
        self.number = number
        self.attempts = attempts
        self.entries = entries
        self.unreadable = unreadable
        self.lineLength = lineLength
        self.lastTicket = lastTicket
    }
}

extension Claim {
    /// Whether the batch was handed out before and never acknowledged: some of it may be decided already.
    public var isRecovered: Bool { attempts > 1 }

    /// Whether there is one entry only, which then is what breaks the batch if anything does.
    public var isSingle: Bool { entries.count + unreadable.count == 1 }
}

/// A user's entry in the line, with what the claim found out about the cart.
public struct ClaimedEntry: Hashable, Sendable {
    /// The place.
    public var ticket: Ticket
    /// Who waits.
    public var user: UserID
    /// The units asked for.
    public var quantity: Int
    /// What the claim found.
    public var cart: CartVerdict

    /// An entry as claimed.
    public init(ticket: Ticket, user: UserID, quantity: Int, cart: CartVerdict) {
        self.ticket = ticket
        self.user = user
        self.quantity = quantity
        self.cart = cart
    }
}

/// What the claim found out about an entry's cart.
///
/// Recorded with the batch, so that a retry uses the same verdict.
public enum CartVerdict: String, Hashable, Sendable {
    /// The cart lives and names this ticket.
    case live
    /// The cart ran out, or the user has joined again since it did.
    case expired
    /// The user left.
    case left
}

/// An entry that is not of any known form.
///
/// It is kept for a person, and the line moves on.
public struct UnreadableEntry: Error, Hashable, Sendable {
    /// The bytes as they stood in the line.
    public var raw: [UInt8]
    /// Why they can't be read.
    public var reason: String

    /// Keeps the bytes and the reason.
    public init(raw: [UInt8], reason: String) {
        self.raw = raw
        self.reason = reason
    }
}
