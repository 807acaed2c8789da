import Testing

@testable import MariaDB

struct WorkQueueTests {
    private let now = ContinuousClock.now
    private let failure = LibraryError(code: 2_002, sqlState: "HY000", message: "connection refused")

    @Test("Jobs run in the order they came")
    func order() throws {
        var queue = makeQueue()
        for id in 1...3 { _ = try queue.add(job(UInt64(id))) }
        #expect(next(&queue, thread: 0, isConnected: false) == "connect and run 1")
        #expect(next(&queue, thread: 1, isConnected: true) == "run 2")
        #expect(next(&queue, thread: 0, isConnected: true) == "run 3")
        #expect(next(&queue, thread: 0, isConnected: true) == "sleep")
    }

    @Test("A full queue refuses, and has room again after a withdrawal")
    func fullQueue() throws {
        var queue = makeQueue(maximum: 2)
        _ = try queue.add(job(1))
        _ = try queue.add(job(2))
        #expect(throws: WorkQueue.Refusal.queueFull(2)) { try queue.add(job(3)) }
        #expect(queue.remove(1)?.id == 1)
        #expect(queue.remove(1) == nil)
        _ = try queue.add(job(4))
        #expect(next(&queue, thread: 0, isConnected: true) == "run 2")
        #expect(next(&queue, thread: 0, isConnected: true) == "run 4")
    }

    @Test("A thread with a connection is woken first, and nobody twice")
    func wakeUps() throws {
        var queue = makeQueue()
        #expect(next(&queue, thread: 0, isConnected: false) == "sleep")
        #expect(next(&queue, thread: 1, isConnected: true) == "sleep")
        #expect(try queue.add(job(1)) == 1)
        #expect(try queue.add(job(2)) == 0)
        #expect(try queue.add(job(3)) == nil)
    }

    @Test("With no connection at all, work fails at once with the last cause")
    func failingAtOnce() throws {
        var queue = makeQueue()
        for id in 1...2 { _ = try queue.add(job(UInt64(id))) }
        #expect(next(&queue, thread: 0, isConnected: false) == "connect and run 1")
        queue.connectFailed(with: failure, at: now, jitter: 1)
        #expect(next(&queue, thread: 0, isConnected: false) == "refuse 2: connection refused")
        _ = try queue.add(job(3))
        #expect(next(&queue, thread: 0, isConnected: false, at: now + .seconds(1)) == "connect and run 3")
    }

    @Test("A thread that cannot connect leaves the work to those who are connected")
    func noStolenWork() throws {
        var queue = makeQueue()
        #expect(queue.connected().isEmpty)
        queue.connectFailed(with: failure, at: now, jitter: 1)
        _ = try queue.add(job(1))
        #expect(next(&queue, thread: 1, isConnected: false) == "sleep 1.0 seconds")
        #expect(next(&queue, thread: 0, isConnected: true) == "run 1")
        queue.disconnected()
        _ = try queue.add(job(2))
        #expect(next(&queue, thread: 1, isConnected: false) == "refuse 2: connection refused")
    }

    @Test("While one thread probes, the others refuse at once")
    func probing() throws {
        var queue = makeQueue()
        queue.connectFailed(with: failure, at: now, jitter: 1)
        for id in 1...2 { _ = try queue.add(job(UInt64(id))) }
        let later = now + .seconds(1)
        #expect(next(&queue, thread: 0, isConnected: false, at: later) == "connect and run 1")
        #expect(next(&queue, thread: 1, isConnected: false, at: later) == "refuse 2: connection refused")
    }

    @Test("A new connection wakes those who waited for the server, if there is work left")
    func wakeUpsAfterConnecting() throws {
        var queue = makeQueue()
        #expect(queue.connected().isEmpty)
        queue.connectFailed(with: failure, at: now, jitter: 1)
        _ = try queue.add(job(1))
        #expect(next(&queue, thread: 1, isConnected: false) == "sleep 1.0 seconds")
        #expect(next(&queue, thread: 2, isConnected: false) == "sleep 1.0 seconds")
        #expect(queue.connected() == [1, 2])
        #expect(next(&queue, thread: 1, isConnected: false) == "connect and run 1")
        #expect(next(&queue, thread: 2, isConnected: false) == "sleep")
        #expect(queue.connected().isEmpty)
        #expect(try queue.add(job(2)) == 2)
    }

    @Test("A job starts now only on a connection that is idle")
    func startNow() throws {
        var queue = makeQueue()
        #expect(next(&queue, thread: 0, isConnected: false) == "sleep")
        #expect(queue.start(job(1)) == nil)
        #expect(next(&queue, thread: 1, isConnected: true) == "sleep")
        #expect(queue.start(job(2)) == 1)
        #expect(queue.start(job(3)) == nil)
        #expect(next(&queue, thread: 1, isConnected: true) == "run 2")
        #expect(next(&queue, thread: 1, isConnected: true) == "sleep")
        _ = queue.stop()
        #expect(queue.start(job(4)) == nil)
    }

    @Test("Stopping hands back what waits, wakes the idle and refuses the rest")
    func stopping() throws {
        var queue = makeQueue()
        #expect(next(&queue, thread: 0, isConnected: true) == "sleep")
        #expect(next(&queue, thread: 1, isConnected: false) == "sleep")
        _ = try queue.add(job(1))
        let (waiting, idle) = queue.stop()
        #expect(waiting.map(\.id) == [1])
        #expect(idle == [1])
        #expect(throws: WorkQueue.Refusal.shutDown) { try queue.add(job(2)) }
        #expect(next(&queue, thread: 0, isConnected: true) == "stop")
        #expect(next(&queue, thread: 1, isConnected: false) == "stop")
    }

    @Test("A job whose thread cannot connect is left to those who can run it")
    func putBack() throws {
        var queue = makeQueue()
        #expect(queue.putBack(job(1)) == .fail)
        #expect(queue.connected().isEmpty)
        #expect(queue.putBack(job(1, mayWait: false)) == .queueFirst)
        _ = try queue.add(job(2))
        #expect(queue.putBack(job(1)) == .backInQueue(wake: nil))
        #expect(next(&queue, thread: 0, isConnected: true) == "run 1")
        #expect(next(&queue, thread: 0, isConnected: true) == "run 2")
        #expect(next(&queue, thread: 0, isConnected: true) == "sleep")
        #expect(queue.putBack(job(3)) == .backInQueue(wake: 0))
        _ = queue.stop()
        #expect(queue.putBack(job(4)) == .fail)
    }

    @Test("A thread whose connection died asks before it opens another")
    func replacedConnection() {
        var queue = makeQueue()
        #expect(queue.enterGate(at: now) == nil)
        queue.connectFailed(with: failure, at: now, jitter: 1)
        #expect(queue.enterGate(at: now) == failure)
        #expect(queue.enterGate(at: now + .seconds(1)) == nil)
        #expect(queue.enterGate(at: now + .seconds(1)) == failure)
    }

    // MARK: Helpers

    private func makeQueue(maximum: Int = 10) -> WorkQueue {
        WorkQueue(maximumQueued: maximum, reconnectDelay: .seconds(1)...(.seconds(1)))
    }

    private func job(_ id: UInt64, mayWait: Bool = true) -> Job {
        Job(id: id, file: #fileID, line: #line, mayWait: mayWait, run: { _ in }, refuse: { _ in })
    }

    private func next(
        _ queue: inout WorkQueue,
        thread: Int,
        isConnected: Bool,
        at moment: ContinuousClock.Instant? = nil
    ) -> String {
        switch queue.next(for: thread, isConnected: isConnected, at: moment ?? now) {
        case .goOn(.run(let job)): "run \(job.id)"
        case .goOn(.connectAndRun(let job)): "connect and run \(job.id)"
        case .goOn(.refuse(let job, let cause)): "refuse \(job.id): \(cause.message)"
        case .goOn(.stop): "stop"
        case .sleep(nil): "sleep"
        case .sleep(let duration?): "sleep \(duration)"
        }
    }
}
