import Testing

@testable import MariaDB

struct MonitorTests {
    @Test("Each waiter gets the wake-up meant for it", .timeLimit(.minutes(1)))
    func wakeUps() async throws {
        let waiters = 4
        let rounds = 500
        // A slot per waiter: filled by the test, emptied by its thread.
        let monitor = Monitor([Int?](repeating: nil, count: waiters), waiters: waiters)
        let (results, done) = AsyncStream.makeStream(of: (waiter: Int, sum: Int).self)
        for waiter in 0..<waiters {
            try BlockingThread.start {
                var sum = 0
                for _ in 0..<rounds {
                    sum += monitor.wait(as: waiter) { slots in
                        guard let number = slots[waiter] else { return .sleep(atMost: nil) }
                        slots[waiter] = nil
                        return .goOn(number)
                    }
                }
                done.yield((waiter, sum))
            }
        }
        var sent = [Int](repeating: 0, count: waiters)
        while let waiter = sent.firstIndex(where: { $0 < rounds }) {
            for candidate in waiter..<waiters where sent[candidate] < rounds {
                let isFilled = monitor.withLock { slots in
                    if slots[candidate] != nil { return false }
                    slots[candidate] = candidate + 1
                    return true
                }
                if isFilled {
                    sent[candidate] += 1
                    monitor.wake(CollectionOfOne(candidate))
                }
            }
            await Task.yield()
        }
        var sums: [Int: Int] = [:]
        for await result in results {
            sums[result.waiter] = result.sum
            if sums.count == waiters { break }
        }
        #expect(sums == [0: rounds, 1: 2 * rounds, 2: 3 * rounds, 3: 4 * rounds])
    }

    @Test("A sleep with a limit ends without a wake-up", .timeLimit(.minutes(1)))
    func limitedSleep() async throws {
        let monitor = Monitor(0, waiters: 1)
        let turns = await withCheckedContinuation { continuation in
            do {
                try BlockingThread.start {
                    let turns = monitor.wait(as: 0) { (turns: inout Int) -> WaiterTurn<Int> in
                        turns += 1
                        return turns > 3 ? .goOn(turns) : .sleep(atMost: .microseconds(1_500))
                    }
                    continuation.resume(returning: turns)
                }
            } catch {
                continuation.resume(returning: -1)
            }
        }
        #expect(turns == 4)
    }

    @Test("A lock lets an error through and is free again")
    func throwingUnderLock() {
        struct Refusal: Error {}
        let monitor = Monitor(1, waiters: 1)
        #expect(throws: Refusal.self) { try monitor.withLock { _ in throw Refusal() } }
        #expect(monitor.withLock { $0 } == 1)
    }
}
