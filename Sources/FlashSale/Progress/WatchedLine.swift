/// The lines as those see them who watch: how they move, and what becomes of some who wait.
public protocol WatchedLine: Sendable {
    /// Looks at a line, and at some who wait in it, in one round trip.
    ///
    /// - Parameter users: At most ``LineSighting/mostUsers``.
    /// - Throws: ``UnknownSale``, ``StoreUnavailable``.
    func look(at product: ProductID, for users: [WatchedUser]) async throws -> LineSighting
}

/// A user whose standing is of interest.
public struct WatchedUser: Hashable, Sendable {
    /// Who it is.
    public var user: UserID
    /// The user is only looked at once this ticket is decided; nil: now.
    public var awaited: Ticket?
    /// Whether a cart with less than half of its life left is given a whole life again.
    public var renewsCart: Bool

    /// A user whose standing is of interest.
    public init(user: UserID, awaited: Ticket?, renewsCart: Bool) {
        self.user = user
        self.awaited = awaited
        self.renewsCart = renewsCart
    }
}

/// What one look at a line has found.
public struct LineSighting: Sendable {
    /// The most users of one look: a store answers nobody else meanwhile.
    public static let mostUsers = 1_000

    /// How the line stands and moves.
    public var progress: LineProgress
    /// Where those stand who were looked at; nil: the user neither waits nor was ever decided.
    public var standings: [UserID: Standing?]
    /// Tickets whose users have left and that are not decided yet; not all of them when they are many.
    public var left: Set<Ticket>

    /// What one look has found.
    public init(progress: LineProgress, standings: [UserID: Standing?] = [:], left: Set<Ticket> = []) {
        self.progress = progress
        self.standings = standings
        self.left = left
    }
}
