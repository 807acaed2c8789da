import FlashSale

/// How soon a client should ask again: often when its turn is near, rarely when it is far, always in time for its cart.
struct PollPace: Sendable {
    /// Nobody is told to ask sooner, in milliseconds, but for a cart about to run out.
    let least: Int64
    /// Nobody is told to ask later, in milliseconds.
    let most: Int64
    /// From -1 to 1: spreads those who joined together, so that they do not ask together for ever.
    private let jitter: @Sendable (Ticket, Timestamp) -> Double

    /// Who waits asks about so many times until its turn.
    private static let pollsPerWait: Int64 = 8
    /// Without an estimate: each so many places back, the pace slows by another ``least``.
    private static let placesPerStep: Int64 = 1_000
    /// A waiting user asks at least so many times in what is left of the cart: two polls may be lost on the way.
    private static let pollsPerCart: Int64 = 4
    /// Nobody is told to ask more often than this, in milliseconds.
    private static let fastest: Int64 = 100
    /// By how much a pace is shifted at most, as a share of it.
    private static let spread = 0.2

    /// A pace between two bounds.
    init(
        least: Duration,
        most: Duration,
        jitter: @escaping @Sendable (Ticket, Timestamp) -> Double = PollPace.jitter
    ) {
        self.least = max(Self.fastest, least.wholeMilliseconds)
        self.most = max(self.least, most.wholeMilliseconds)
        self.jitter = jitter
    }

    /// When to ask again, in milliseconds from now.
    ///
    /// - Parameter forecast: What the user may expect; nil when the user does not wait, or nothing is known.
    func milliseconds(for standing: Standing, forecast: Forecast?, now: Timestamp) -> Int64 {
        let plain =
            switch standing.status {
            case .entered: entering(standing.draw, now)
            case .queued: waiting(at: standing.position ?? 1, forecast)
            case .held, .pending: least
            case .completed, .left, .cartExpired, .soldOut, .cancelled, .expired, .alreadyPurchased, .refundDue,
                .failed:
                most
            }
        let pace = jittered(plain, standing.ticket, now)
        guard standing.status == .queued, let expiry = standing.cartExpiresAt else { return pace }
        return max(Self.fastest, min(pace, (expiry.milliseconds - now.milliseconds) / Self.pollsPerCart))
    }

    /// How often to ask for the progress of a line, which is the same for everybody.
    func milliseconds(for progress: LineProgress) -> Int64 {
        switch progress.saleState {
        case .open, .paused: return min(most, 2 * least)
        case .upcoming:
            let ahead = progress.opensAt.map { $0.milliseconds - progress.seenAt.milliseconds } ?? most
            return max(least, min(most, ahead / Self.pollsPerWait))
        case .soldOut, .closed: return most
        }
    }

    /// Nothing changes before the draw but the number of entrants; then everybody wants to know.
    private func entering(_ draw: PendingDraw?, _ now: Timestamp) -> Int64 {
        guard let ahead = draw.map({ $0.drawAt.milliseconds - now.milliseconds }), ahead > 0 else { return least }
        return ahead / Self.pollsPerWait
    }

    private func waiting(at position: Int64, _ forecast: Forecast?) -> Int64 {
        guard let wait = forecast?.wait else { return least * (1 + position / Self.placesPerStep) }
        return Int64(wait.p50) * 1_000 / Self.pollsPerWait
    }

    /// Shifted, and within the bounds all the same.
    private func jittered(_ pace: Int64, _ ticket: Ticket, _ now: Timestamp) -> Int64 {
        let inner = max(Double(least) / (1 - Self.spread), min(Double(most) / (1 + Self.spread), Double(pace)))
        let shifted = inner * (1 + Self.spread * jitter(ticket, now))
        return max(least, min(most, Int64(shifted.rounded())))
    }

    /// As good as random from ticket to ticket and from time to time, and the same for the same two (SplitMix64).
    static func jitter(_ ticket: Ticket, _ now: Timestamp) -> Double {
        var bits = UInt64(bitPattern: ticket.rawValue) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(bitPattern: now.milliseconds)
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Double(bits >> 11) / Double(UInt64(1) << 52) - 1
    }
}

extension Duration {
    /// Milliseconds, rounded down.
    var wholeMilliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
