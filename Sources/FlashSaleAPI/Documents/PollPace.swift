import FlashSale

/// How soon a client should ask again: often at the head of the line, rarely at its end, always in time for its cart.
struct PollPace: Hashable, Sendable {
    /// The pace at the head of the line, in milliseconds.
    let base: Int64

    /// How many times slower those far back poll at most.
    private static let slowestFactor: Int64 = 5
    /// Each so many places back, the pace slows by another ``base``.
    private static let placesPerStep: Int64 = 1_000
    /// A waiting user asks at least so many times in what is left of the cart: two polls may be lost on the way.
    private static let pollsPerCart: Int64 = 4
    /// Nobody is told to ask more often than this, in milliseconds.
    private static let fastest: Int64 = 100

    /// A pace whose head-of-the-line interval is `base`.
    init(base: Duration) {
        let (seconds, attoseconds) = base.components
        self.base = max(Self.fastest, seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }

    /// When to ask again, in milliseconds from now.
    func milliseconds(for standing: Standing, now: Timestamp) -> Int64 {
        switch standing.status {
        case .queued: waiting(at: standing.position ?? 1, cart: standing.cartExpiresAt, now: now)
        case .held, .pending: base
        case .completed, .left, .cartExpired, .soldOut, .cancelled, .expired, .alreadyPurchased, .refundDue, .failed:
            base * Self.slowestFactor
        }
    }

    private func waiting(at position: Int64, cart expiry: Timestamp?, now: Timestamp) -> Int64 {
        let pace = base * min(Self.slowestFactor, 1 + position / Self.placesPerStep)
        guard let expiry else { return pace }
        return max(Self.fastest, min(pace, (expiry.milliseconds - now.milliseconds) / Self.pollsPerCart))
    }
}
