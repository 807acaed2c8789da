import Resilience
import Testing

@Suite("Circuit breaker")
struct CircuitBreakerTests {
    private static let policy = CircuitBreaker.Policy(
        failures: 3,
        openTime: .seconds(30),
        probeTime: .seconds(5),
        firstRecheck: .milliseconds(100)
    )
    private let start = ContinuousClock.now
    private var breaker = CircuitBreaker(policy: policy)

    private func after(_ duration: Duration) -> ContinuousClock.Instant { start + duration }

    /// A permit that has to be given.
    private mutating func permit(_ time: Duration = .zero) throws -> CircuitBreaker.Permit {
        let permit: CircuitBreaker.Permit? =
            if case .allowed(let permit) = breaker.permit(at: after(time)) { permit } else { nil }
        return try #require(permit, "refused at \(time)")
    }

    private mutating func fail(_ count: Int, at time: Duration = .zero) throws {
        for _ in 0..<count { breaker.failed(try permit(time), at: after(time)) }
    }

    @Test("Closed, every call goes through, and none is a probe")
    mutating func closed() throws {
        for _ in 0..<100 {
            let permit = try permit()
            #expect(!permit.isProbe)
        }
        #expect(breaker.state(at: after(.seconds(1_000))) == .closed)
    }

    @Test("It opens at the last of so many failures in a row, not before")
    mutating func opens() throws {
        try fail(2)
        #expect(breaker.state(at: start) == .closed)
        try fail(1)
        #expect(breaker.state(at: start) == .open)
    }

    @Test("One answer in between starts the count again")
    mutating func consecutive() throws {
        try fail(2)
        breaker.succeeded(try permit())
        try fail(2)
        #expect(breaker.state(at: start) == .closed)
        try fail(1)
        #expect(breaker.state(at: start) == .open)
    }

    @Test("A call that says nothing neither counts nor starts the count again")
    mutating func learnedNothingWhileClosed() throws {
        try fail(2)
        for _ in 0..<10 { breaker.learnedNothing(try permit()) }
        #expect(breaker.state(at: start) == .closed)
        try fail(1)
        #expect(breaker.state(at: start) == .open)
    }

    @Test("A refused call never renews the time: after it, one probe goes through however many were refused")
    mutating func refusalsRenewNothing() throws {
        try fail(3)
        for millisecond in stride(from: 0, to: 30_000, by: 100) {
            guard case .refused(let time) = breaker.permit(at: after(.milliseconds(millisecond))) else {
                Issue.record("let through after \(millisecond) ms")
                return
            }
            #expect(time > .zero && time <= .milliseconds(100))
        }
        #expect(breaker.state(at: after(.seconds(30))) == .halfOpen)
        let probe = try permit(.seconds(30))
        #expect(probe.isProbe)
    }

    @Test("Half open, one probe at a time goes through; the others are told how long it may take")
    mutating func oneProbe() throws {
        try fail(3)
        let probe = try permit(.seconds(30))
        #expect(probe.isProbe)
        #expect(breaker.permit(at: after(.seconds(31))) == .refused(retryAfter: .seconds(4)))
        #expect(breaker.permit(at: after(.seconds(34))) == .refused(retryAfter: .seconds(1)))
        #expect(breaker.state(at: after(.seconds(34))) == .halfOpen)
    }

    @Test("A probe that is answered closes it, with a fresh count")
    mutating func probeSucceeds() throws {
        try fail(3)
        breaker.succeeded(try permit(.seconds(30)))
        #expect(breaker.state(at: after(.seconds(30))) == .closed)
        try fail(2, at: .seconds(30))
        #expect(breaker.state(at: after(.seconds(30))) == .closed)
        let next = try permit(.seconds(30))
        #expect(!next.isProbe)
    }

    @Test("A probe that fails opens it for the whole time again")
    mutating func probeFails() throws {
        try fail(3)
        breaker.failed(try permit(.seconds(40)), at: after(.seconds(41)))
        #expect(breaker.state(at: after(.milliseconds(70_999))) == .open)
        #expect(breaker.state(at: after(.seconds(71))) == .halfOpen)
        let probe = try permit(.seconds(71))
        #expect(probe.isProbe)
    }

    @Test("A probe whose caller went away gives its place to the next call")
    mutating func probeAbandoned() throws {
        try fail(3)
        breaker.learnedNothing(try permit(.seconds(30)))
        #expect(breaker.state(at: after(.seconds(30))) == .halfOpen)
        let probe = try permit(.seconds(30))
        #expect(probe.isProbe)
    }

    @Test("A probe that is never answered gives its place up after a time; then its failure is nobody's any more")
    mutating func probeTimesOut() throws {
        try fail(3)
        let lost = try permit(.seconds(30))
        let second = try permit(.seconds(35))
        #expect(second.isProbe)
        breaker.failed(lost, at: after(.seconds(36)))
        breaker.succeeded(lost)
        breaker.learnedNothing(lost)
        #expect(breaker.state(at: after(.seconds(36))) == .halfOpen)
        #expect(breaker.permit(at: after(.seconds(36))) == .refused(retryAfter: .seconds(4)))
        breaker.succeeded(second)
        #expect(breaker.state(at: after(.seconds(36))) == .closed)
    }

    @Test("A late probe still counts while no other is on its way")
    mutating func lateProbe() throws {
        try fail(3)
        let late = try permit(.seconds(30))
        breaker.succeeded(late)
        #expect(breaker.state(at: after(.seconds(50))) == .closed)
    }

    @Test("What began before it opened neither closes it, nor renews its time, nor counts after it has closed")
    mutating func stalePermits() throws {
        let permits = try (0..<4).map { _ in try permit() }
        try fail(3)
        breaker.succeeded(permits[0])
        breaker.failed(permits[1], at: after(.seconds(29)))
        breaker.learnedNothing(permits[2])
        #expect(breaker.state(at: after(.seconds(29))) == .open)
        breaker.succeeded(try permit(.seconds(30)))
        try fail(2, at: .seconds(30))
        breaker.failed(permits[3], at: after(.seconds(30)))
        #expect(breaker.state(at: after(.seconds(30))) == .closed)
    }

    @Test("A sign of life lets a probe through early, and closes nothing by itself")
    mutating func signOfLife() throws {
        try fail(3)
        #expect(!breaker.wantsSignOfLife(at: after(.milliseconds(99))))
        breaker.sawSignOfLife(at: after(.milliseconds(99)))
        #expect(breaker.state(at: after(.milliseconds(99))) == .open)
        #expect(breaker.wantsSignOfLife(at: after(.milliseconds(100))))
        breaker.sawSignOfLife(at: after(.milliseconds(100)))
        #expect(breaker.state(at: after(.milliseconds(100))) == .halfOpen)
        #expect(!breaker.wantsSignOfLife(at: after(.milliseconds(100))))
        let probe = try permit(.milliseconds(100))
        #expect(probe.isProbe)
        #expect(breaker.permit(at: after(.milliseconds(100))) == .refused(retryAfter: .seconds(5)))
    }

    @Test("No sign of life is wanted of a store that is asked")
    mutating func signOfLifeOfAWorkingStore() throws {
        breaker.sawSignOfLife(at: start)
        #expect(breaker.state(at: start) == .closed)
        #expect(!breaker.wantsSignOfLife(at: after(.seconds(100))))
    }

    @Test("A store that answers pings and fails real calls is tried more and more rarely")
    mutating func backOff() throws {
        try fail(3)
        var time = Duration.zero
        var waits: [Duration] = []
        for _ in 0..<10 {
            var wait = Duration.zero
            while !breaker.wantsSignOfLife(at: after(time + wait)) { wait += .milliseconds(100) }
            waits.append(wait)
            time += wait
            breaker.sawSignOfLife(at: after(time))
            breaker.failed(try permit(time), at: after(time))
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map { .milliseconds($0 * 100) })
        // One that has worked again gets its short wait back.
        breaker.succeeded(try permit(time + .seconds(30)))
        try fail(3, at: time + .seconds(31))
        #expect(breaker.wantsSignOfLife(at: after(time + .milliseconds(31_100))))
    }

    @Test("A sign of life is wanted after the open time as well, so that what is shown follows the store")
    mutating func signOfLifeAfterTheTime() throws {
        try fail(3)
        #expect(breaker.wantsSignOfLife(at: after(.seconds(31))))
        breaker.sawSignOfLife(at: after(.seconds(31)))
        #expect(!breaker.wantsSignOfLife(at: after(.seconds(31))))
        let probe = try permit(.seconds(31))
        #expect(probe.isProbe)
    }

    @Test(
        "However long a store was away, a sign of life counts at once: probes that only the time let through are not its lies"
    )
    mutating func longOutage() throws {
        try fail(3)
        var time = Duration.zero
        for _ in 0..<20 {
            time += .seconds(30)
            breaker.failed(try permit(time), at: after(time))
        }
        #expect(!breaker.wantsSignOfLife(at: after(time + .milliseconds(99))))
        #expect(breaker.wantsSignOfLife(at: after(time + .milliseconds(100))))
    }

    @Test("A probe after a sign of life that gives its place up is still one after a sign of life")
    mutating func abandonedAfterSignOfLife() throws {
        try fail(3)
        breaker.sawSignOfLife(at: after(.milliseconds(100)))
        breaker.learnedNothing(try permit(.milliseconds(100)))
        breaker.failed(try permit(.milliseconds(100)), at: after(.milliseconds(100)))
        #expect(!breaker.wantsSignOfLife(at: after(.milliseconds(299))))
        #expect(breaker.wantsSignOfLife(at: after(.milliseconds(300))))
    }

    @Test("The defaults: 5 failures, 30 seconds")
    func defaults() {
        let policy = CircuitBreaker.Policy()
        #expect(policy.failures == 5)
        #expect(policy.openTime == .seconds(30))
    }
}
