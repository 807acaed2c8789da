import Testing

@testable import MariaDB

struct ConnectionGateTests {
    private let start = ContinuousClock.now
    private let failure = LibraryError(code: 2_002, sqlState: "HY000", message: "connection refused")

    @Test("The gate is open to everybody until an attempt fails")
    func openAtFirst() {
        var gate = ConnectionGate(delay: .milliseconds(100)...(.seconds(5)))
        for _ in 0..<3 {
            #expect(pause(of: gate, at: start) == nil)
            gate.entered()
        }
    }

    @Test("The pause doubles up to its cap")
    func doublingPause() {
        var gate = ConnectionGate(delay: .milliseconds(100)...(.seconds(1)))
        for milliseconds in [100, 200, 400, 800, 1_000, 1_000] {
            gate.failed(with: failure, at: start, jitter: 1)
            #expect(pause(of: gate, at: start) == .milliseconds(milliseconds))
        }
        for _ in 0..<100 { gate.failed(with: failure, at: start, jitter: 1) }
        #expect(pause(of: gate, at: start) == .seconds(1))
    }

    @Test("Jitter takes up to half of the pause away")
    func jitter() {
        for (jitter, milliseconds) in [(0.0, 500), (0.5, 750), (1.0, 1_000)] {
            var gate = ConnectionGate(delay: .seconds(1)...(.seconds(1)))
            gate.failed(with: failure, at: start, jitter: jitter)
            #expect(pause(of: gate, at: start) == .milliseconds(milliseconds))
        }
    }

    @Test("After the pause one probe is let in, and the others wait for it")
    func singleProbe() {
        var gate = ConnectionGate(delay: .seconds(1)...(.seconds(1)))
        gate.failed(with: failure, at: start, jitter: 1)
        let later = start + .seconds(1)
        guard case .open = gate.decision(at: later) else { return #expect(Bool(false), "still closed") }
        gate.entered()
        guard case .closed(for: nil, cause: failure) = gate.decision(at: later + .seconds(60)) else {
            return #expect(Bool(false), "a second probe was let in")
        }
        gate.failed(with: failure, at: later, jitter: 1)
        #expect(pause(of: gate, at: later) == .seconds(1))
    }

    @Test("A success forgets all failures")
    func successForgets() {
        var gate = ConnectionGate(delay: .milliseconds(100)...(.seconds(5)))
        for _ in 0..<5 { gate.failed(with: failure, at: start, jitter: 1) }
        gate.succeeded()
        #expect(pause(of: gate, at: start) == nil)
        gate.failed(with: failure, at: start, jitter: 1)
        #expect(pause(of: gate, at: start) == .milliseconds(100))
    }

    /// How long the gate stays closed, `nil` if it is open.
    private func pause(of gate: ConnectionGate, at now: ContinuousClock.Instant) -> Duration? {
        if case .closed(let duration, failure) = gate.decision(at: now) { duration } else { nil }
    }
}
