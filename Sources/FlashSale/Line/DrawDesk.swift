/// Draws as everybody may see them; what is still secret is in none of the answers but ``DrawRecord/seed``.
///
/// Every method throws ``StoreUnavailable`` when the books can't be reached.
public protocol DrawDesk: Sendable {
    /// A product's draw as it is on record; nil when the product is not drawn, or does not exist.
    func draw(of product: ProductID) async throws -> DrawRecord?

    /// Pages of the roster, in order.
    func rosterPages(of product: ProductID, from page: Int, limit: Int) async throws -> [RosterPage]

    /// What was decided of the drawn, in the order of the decisions.
    ///
    /// - Parameter ticket: Only decisions above it.
    func decisions(on draw: DrawRecord, after ticket: Int64, limit: Int) async throws -> [DrawnDecision]

    /// What proves a user's entry; nil when the user is not in the roster.
    func proof(of user: UserID, in draw: DrawRecord) async throws -> DrawProof?
}

/// What proves to a user that their entry was in the roster, and what became of it.
public struct DrawProof: Hashable, Sendable {
    /// The entry.
    public var entry: RosterEntry
    /// The way from the entry's leaf to the roster's root.
    public var merkle: MerkleProof
    /// The entrant's place in the drawn order, from 0; nil before the draw.
    public var rank: Int?

    /// A proof.
    public init(entry: RosterEntry, merkle: MerkleProof, rank: Int?) {
        self.entry = entry
        self.merkle = merkle
        self.rank = rank
    }
}
