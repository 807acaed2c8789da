/// How fast a line moved in the last minutes: what was decided, and for how long somebody waited, in buckets of a few seconds.
///
/// Time in which nobody waited, or in which the operator had stopped the line, is not in it: it says nothing about how fast
/// the line moves. Time in which people waited and nothing was decided is, and makes every wait longer.
public struct RecentPace: Hashable, Sendable {
    /// One span of time.
    public struct Bucket: Hashable, Sendable {
        /// Tickets that were decided in it.
        public var tickets: Int64
        /// For how long somebody waited in it.
        public var waited: Duration
        /// How long ago it was.
        public var age: Duration

        /// One span of time.
        public init(tickets: Int64, waited: Duration, age: Duration) {
            self.tickets = tickets
            self.waited = waited
            self.age = age
        }
    }

    /// The youngest first.
    public var buckets: [Bucket]
    /// For how long somebody has waited since the last decision; no bucket has it yet.
    public var standstill: Duration

    /// A pace; without buckets nothing is known of it.
    public init(buckets: [Bucket] = [], standstill: Duration = .zero) {
        self.buckets = buckets
        self.standstill = standstill
    }
}
