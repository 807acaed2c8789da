import Testing

@testable import Redis

@Suite("Back-off")
struct BackoffTests {
    /// A random source that always returns the same bits.
    private struct Constant: RandomNumberGenerator {
        let bits: UInt64
        func next() -> UInt64 { bits }
    }

    @Test("the pause doubles up to its bound, and starts again after a reset")
    func doubling() {
        var highest = Constant(bits: .max)
        var backoff = Backoff(.milliseconds(20) ... .milliseconds(100))
        let pauses = (0..<5).map { _ in backoff.next(using: &highest) }
        // With the highest random value, a pause is all of its ceiling.
        #expect(pauses == [20, 40, 80, 100, 100].map { .milliseconds($0) })
        backoff.reset()
        #expect(backoff.next(using: &highest) == .milliseconds(20))
    }

    @Test("a lower bound of zero allows one attempt at once, but no busy loop")
    func zero() {
        var highest = Constant(bits: .max)
        var backoff = Backoff(.zero ... .seconds(1))
        let pauses = (0..<4).map { _ in backoff.next(using: &highest) }
        #expect(pauses == [0, 1, 2, 4].map { .milliseconds($0) })
    }

    @Test("every pause lies between half and all of its ceiling")
    func jitter() {
        var random = SystemRandomNumberGenerator()
        var seen: Set<Duration> = []
        for _ in 0..<100 {
            var backoff = Backoff(.milliseconds(20) ... .seconds(1))
            let pause = backoff.next(using: &random)
            #expect(pause >= .milliseconds(10) && pause <= .milliseconds(20))
            seen.insert(pause)
        }
        #expect(seen.count > 1)
    }
}
