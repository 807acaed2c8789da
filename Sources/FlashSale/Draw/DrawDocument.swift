/// What is public of a draw: before it the commitment, then the roster's root, then everything.
///
/// As JSON it is one flat object. Signed are its members, a line `NAME=VALUE` for each in the order of ``members``, with nothing
/// for null.
public struct DrawDocument: Hashable, Sendable {
    /// The product.
    public var product: ProductID
    /// When entering ends.
    public var drawAt: Timestamp
    /// What the seed is committed to with.
    public var commitment: DrawDigest
    /// The public randomness that is mixed in; nil for none.
    public var beacon: DrawBeacon?
    /// How far the draw has come.
    public var progress: Progress
    /// Who vouches for the document; nil when it is not signed.
    public var seal: DrawSeal?

    /// How far a draw has come.
    public enum Progress: Hashable, Sendable {
        /// People enter.
        case entering
        /// The roster is fixed: nobody enters any more.
        case fixed(Roster)
        /// The order is drawn.
        case drawn(Roster, Result)
    }

    /// The fixed roster.
    public struct Roster: Hashable, Sendable {
        /// How many entrants it has.
        public var entrants: Int
        /// The root of their entries.
        public var root: DrawDigest

        /// A roster with its root.
        public init(entrants: Int, root: DrawDigest) {
            self.entrants = entrants
            self.root = root
        }
    }

    /// What is told once the order is drawn.
    public struct Result: Hashable, Sendable {
        /// The ticket of the first in the drawn order; the next one has the next, and so on.
        public var firstTicket: Ticket
        /// The seed.
        public var seed: DrawSeed
        /// The beacon's value; nil where none was named.
        public var beaconValue: DrawBeacon.Value?

        /// A result.
        public init(firstTicket: Ticket, seed: DrawSeed, beaconValue: DrawBeacon.Value?) {
            self.firstTicket = firstTicket
            self.seed = seed
            self.beaconValue = beaconValue
        }
    }

    /// A document that nobody has signed.
    public init(
        product: ProductID,
        drawAt: Timestamp,
        commitment: DrawDigest,
        beacon: DrawBeacon? = nil,
        progress: Progress = .entering
    ) {
        self.product = product
        self.drawAt = drawAt
        self.commitment = commitment
        self.beacon = beacon
        self.progress = progress
    }

    /// The roster, once it is fixed.
    public var roster: Roster? {
        switch progress {
        case .entering: nil
        case .fixed(let roster), .drawn(let roster, _): roster
        }
    }

    /// The result, once the order is drawn.
    public var result: Result? {
        if case .drawn(_, let result) = progress { result } else { nil }
    }

    /// What user ids are hashed with.
    public var salt: DrawSalt { DrawSalt(product: product, commitment: commitment) }

    /// The key of the drawn order; nil before.
    public var key: DrawKey? {
        guard case .drawn(let roster, let result) = progress else { return nil }
        return DrawKey(
            product: product,
            seed: result.seed,
            root: roster.root,
            randomness: result.beaconValue?.randomness
        )
    }
}
