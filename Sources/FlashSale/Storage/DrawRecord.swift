/// A draw as it is on record.
public struct DrawRecord: Hashable, Sendable {
    /// The product.
    public var product: ProductID
    /// What was settled when the product was made.
    public var terms: DrawTerms
    /// The seed: a secret until the draw is made.
    public var seed: DrawSeed
    /// What the seed is committed to with.
    public var commitment: DrawDigest
    /// What the beacon's round brought; nil until somebody has said so.
    public var beaconValue: DrawBeacon.Value?
    /// The roster, once it is fixed.
    public var roster: FixedRoster?
    /// Whether the order is drawn.
    public var isDrawn: Bool
    /// Whether every drawn entrant has a place.
    public var isPlaced: Bool

    /// A draw as it is on record.
    public init(
        product: ProductID,
        terms: DrawTerms,
        seed: DrawSeed,
        commitment: DrawDigest,
        beaconValue: DrawBeacon.Value?,
        roster: FixedRoster?,
        isDrawn: Bool,
        isPlaced: Bool
    ) {
        self.product = product
        self.terms = terms
        self.seed = seed
        self.commitment = commitment
        self.beaconValue = beaconValue
        self.roster = roster
        self.isDrawn = isDrawn
        self.isPlaced = isPlaced
    }

    /// What is public of it by now.
    public var document: DrawDocument {
        let progress: DrawDocument.Progress =
            if let roster {
                isDrawn ? .drawn(roster.document, result(roster)) : .fixed(roster.document)
            } else {
                .entering
            }
        return DrawDocument(
            product: product,
            drawAt: terms.drawAt,
            commitment: commitment,
            beacon: terms.beacon,
            progress: progress
        )
    }

    private func result(_ roster: FixedRoster) -> DrawDocument.Result {
        DrawDocument.Result(firstTicket: roster.firstTicket, seed: seed, beaconValue: beaconValue)
    }
}

/// A roster that is fixed, and the tickets that its entrants get.
public struct FixedRoster: Hashable, Sendable {
    /// How many entrants it has.
    public var entrants: Int
    /// The root of its entries.
    public var root: DrawDigest
    /// The ticket of the first in the drawn order; the next one has the next, and so on.
    public var firstTicket: Ticket
    /// The last number that was handed out to an entry: everybody who came later has a ticket above it.
    public var lastTicket: Int64
    /// Names the line that these tickets are of.
    public var lineNonce: String

    /// A roster of the last `entrants` numbers up to `lastTicket`; nil when there are not so many.
    public init?(entrants: Int, root: DrawDigest, lastTicket: Int64, lineNonce: String) {
        guard entrants >= 0, let first = Ticket(lastTicket - Int64(entrants) + 1) else { return nil }
        self.entrants = entrants
        self.root = root
        firstTicket = first
        self.lastTicket = lastTicket
        self.lineNonce = lineNonce
    }

    fileprivate var document: DrawDocument.Roster { DrawDocument.Roster(entrants: entrants, root: root) }

    /// Whether a ticket is one of the drawn's.
    public func includes(_ ticket: Ticket) -> Bool { ticket >= firstTicket && ticket.rawValue <= lastTicket }
}

/// How much of a roster is on record.
public struct RosterProgress: Hashable, Sendable {
    /// How many pages.
    public var pages: Int
    /// How many entries of the line's list they hold, those of people who had left among them.
    public var read: Int
    /// How many entries they have.
    public var entries: Int
    /// The roots of the pages, in order.
    public var roots: [DrawDigest]

    /// How much of a roster is on record.
    public init(pages: Int, read: Int, entries: Int, roots: [DrawDigest]) {
        self.pages = pages
        self.read = read
        self.entries = entries
        self.roots = roots
    }
}
