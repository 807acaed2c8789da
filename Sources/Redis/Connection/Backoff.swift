/// The pauses between attempts to connect: exponential between two bounds, with jitter.
///
/// The random half keeps clients from coming back in step after a server's restart.
struct Backoff {
    private let bounds: ClosedRange<Duration>
    private var ceiling: Duration

    init(_ bounds: ClosedRange<Duration>) {
        self.bounds = bounds
        ceiling = bounds.lowerBound
    }

    /// The next pause: between half and all of a duration that doubles each time.
    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        let pause = ceiling * Double.random(in: 0.5...1, using: &random)
        ceiling = min(ceiling * 2, bounds.upperBound)
        return pause
    }

    /// Starts again at the lower bound.
    mutating func reset() {
        ceiling = bounds.lowerBound
    }
}
