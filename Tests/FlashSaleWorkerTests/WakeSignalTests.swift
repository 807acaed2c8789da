import Testing

@testable import FlashSaleWorker

@Suite("Wake signal")
struct WakeSignalTests {
    /// Far longer than any test: a sleep that is not ended early hangs the test run.
    private let forever = Duration.seconds(3_600)

    @Test("News ends the sleep")
    func wakes() async {
        let signal = WakeSignal()
        async let sleep: Void = signal.sleep(atMost: forever)
        signal.signal()
        await sleep
    }

    @Test("News that comes before the sleep is kept, once")
    func keepsNews() async {
        let signal = WakeSignal()
        signal.signal()
        signal.signal()
        await signal.sleep(atMost: forever)
        // The second sleep has no news left: it ends by its own time.
        await signal.sleep(atMost: .milliseconds(1))
    }

    @Test("A closed signal never sleeps again")
    func closes() async {
        let signal = WakeSignal()
        async let sleep: Void = signal.sleep(atMost: forever)
        signal.close()
        await sleep
        await signal.sleep(atMost: forever)
        signal.signal()
        await signal.sleep(atMost: forever)
        #expect(signal.isClosed)
    }

    @Test("Cancellation ends the sleep, and leaves the signal usable")
    func cancels() async {
        let signal = WakeSignal()
        let task = Task { await signal.sleep(atMost: forever) }
        task.cancel()
        await task.value
        signal.signal()
        await signal.sleep(atMost: forever)
        #expect(!signal.isClosed)
    }

    @Test("Any number of signals and sleeps in any order: no sleep is missed and none hangs")
    func race() async {
        let signal = WakeSignal()
        await withTaskGroup { group in
            group.addTask { for _ in 0..<1_000 { await signal.sleep(atMost: .milliseconds(1)) } }
            for _ in 0..<4 { group.addTask { for _ in 0..<1_000 { signal.signal() } } }
        }
    }
}
