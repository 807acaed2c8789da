import Redis
import Resilience
import Synchronization
import Testing

@Suite("Circuit breaker: one store, many tasks")
struct StoreBreakerTests {
    private struct SaidNo: Error {}

    private let down = RedisError(.notConnected, "")
    private let notSent = RedisError(.tooManyInFlight, "")

    /// A store whose time a test moves, with every state that it was told of.
    private final class Bench: Sendable {
        private let time: Mutex<ContinuousClock.Instant>
        private let told = Mutex<[CircuitBreaker.State]>([])

        init() { time = Mutex(.now) }

        var states: [CircuitBreaker.State] { told.withLock { $0 } }

        func advance(_ duration: Duration) { time.withLock { $0 += duration } }

        func store() -> StoreBreaker {
            StoreBreaker(
                name: "books",
                policy: CircuitBreaker.Policy(failures: 2),
                onChange: { state in self.told.withLock { $0.append(state) } },
                now: { self.time.withLock { $0 } }
            )
        }
    }

    private let bench = Bench()

    private func call(_ store: StoreBreaker, throwing error: (any Error)? = nil) async -> Bool {
        let wasCalled = Mutex(false)
        _ = try? await store.run {
            wasCalled.withLock { $0 = true }
            if let error { throw error }
        }
        return wasCalled.withLock { $0 }
    }

    @Test("What the call returns and throws comes out as it is")
    func passesThrough() async throws {
        let store = bench.store()
        #expect(try await store.run { 7 } == 7)
        await #expect(throws: SaidNo.self) { try await store.run { throw SaidNo() } }
        #expect(bench.states.isEmpty)
    }

    @Test("Open, it refuses without a call, says when to come back, and works again by itself")
    func opensAndCloses() async throws {
        let store = bench.store()
        for _ in 0..<2 { #expect(await call(store, throwing: down)) }
        #expect(store.state == .open)
        #expect(await !call(store))
        let error = await #expect(throws: CircuitOpen.self) { try await store.run {} }
        #expect(error == CircuitOpen(store: "books", retryAfter: .milliseconds(100)))
        bench.advance(.seconds(30))
        #expect(store.state == .halfOpen)
        #expect(await call(store))
        #expect(store.state == .closed)
        #expect(bench.states == [.open, .halfOpen, .closed])
    }

    @Test("A store that says no has not failed, however often")
    func refusalsAreAnswers() async {
        let store = bench.store()
        for _ in 0..<100 { #expect(await call(store, throwing: SaidNo())) }
        #expect(await call(store, throwing: down))
        #expect(await call(store, throwing: SaidNo()))
        #expect(await call(store, throwing: down))
        #expect(store.state == .closed)
    }

    @Test("Calls that were cancelled or never sent say nothing")
    func saysNothing() async {
        let store = bench.store()
        #expect(await call(store, throwing: down))
        for _ in 0..<100 {
            #expect(await call(store, throwing: CancellationError()))
            #expect(await call(store, throwing: notSent))
        }
        #expect(store.state == .closed)
        #expect(await call(store, throwing: down))
        #expect(store.state == .open)
    }

    @Test("Of a crowd that meets a half-open breaker, one goes through")
    func crowd() async throws {
        let store = bench.store()
        for _ in 0..<2 { #expect(await call(store, throwing: down)) }
        bench.advance(.seconds(30))
        let (probeBegan, began) = AsyncStream.makeStream(of: Void.self)
        let (release, end) = AsyncStream.makeStream(of: Void.self)
        async let probe: Void = store.run {
            began.yield()
            for await _ in release { break }
        }
        for await _ in probeBegan { break }
        let others = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { await call(store) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(others == 0)
        end.yield()
        try await probe
        #expect(await call(store))
    }

    @Test("A sign of life lets the next call try")
    func signOfLife() async {
        let store = bench.store()
        for _ in 0..<2 { #expect(await call(store, throwing: down)) }
        #expect(!store.wantsSignOfLife)
        bench.advance(.milliseconds(100))
        #expect(store.wantsSignOfLife)
        store.sawSignOfLife()
        #expect(await call(store))
        #expect(store.state == .closed)
    }

    @Test("A breaker that never opens lets every call through, whatever has become of the others")
    func neverOpens() async {
        let store = StoreBreaker.neverOpening("books")
        for _ in 0..<100 { #expect(await call(store, throwing: down)) }
        #expect(store.state == .closed)
    }
}
