/// How fast a line moved in the last frames.
struct LinePace: Equatable {
    /// How many frames are looked back at.
    static let memory = 5

    /// Tickets decided a second, from frame to frame, the latest last.
    private(set) var rates: [Double] = []
    private var decided: Int
    private var seenAt: ContinuousClock.Instant

    /// - Parameter decided: How many tickets are decided so far.
    init(decided: Int, at instant: ContinuousClock.Instant) {
        self.decided = decided
        seenAt = instant
    }

    /// Takes note of the next frame.
    mutating func note(decided now: Int, at instant: ContinuousClock.Instant) {
        let seconds = (instant - seenAt) / .seconds(1)
        guard seconds > 0 else { return }
        rates.append(Double(max(0, now - decided)) / seconds)
        if rates.count > Self.memory { rates.removeFirst() }
        decided = now
        seenAt = instant
    }

    /// Since the frame before; nil in the first.
    var rate: Double? { rates.last }

    /// How many seconds those who wait now will wait at the fastest and at the slowest of these rates.
    ///
    /// There is no upper end if the line has stood still, and nothing to say before it has moved.
    func secondsToClear(_ waiting: Int) -> (least: Double, most: Double?)? {
        guard waiting > 0 else { return (0, 0) }
        guard let fastest = rates.max(), let slowest = rates.min(), fastest > 0 else { return nil }
        return (Double(waiting) / fastest, slowest > 0 ? Double(waiting) / slowest : nil)
    }
}
