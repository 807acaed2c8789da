/// The pauses between attempts to connect: exponential between two bounds, with jitter.
///
/// The random half keeps clients from coming back in step after a server's restart.
struct Backoff {
    /// A lower bound of zero must not become a busy loop.
    private static let leastRepeatedPause = Duration.milliseconds(1)

    private let bounds: ClosedRange<Duration>
    private var ceiling: Duration

    init(_ bounds: ClosedRange<Duration>) {
        self.bounds = bounds
        ceiling = bounds.lowerBound
    }

    /// The next pause: between half and all of a duration that doubles each time.
    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        let pause = ceiling * Double.random(in: 0.5...1, using: &random)
        ceiling = max(min(ceiling * 2, bounds.upperBound), Self.leastRepeatedPause)
        return pause
    }

    /// Starts again at the lower bound.
    mutating func reset() {
        ceiling = bounds.lowerBound
    }
}
