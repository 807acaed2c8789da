/// A call that waits for a connection.
struct Job: Sendable {
    let id: UInt64
    /// Where the call was made, for the error if it is refused.
    let file: StaticString
    let line: UInt
    /// Whether it may wait in the queue, because somebody bounds that wait.
    let mayWait: Bool
    /// Runs the call on the connection's thread and hands over its outcome.
    let run: @Sendable (MariaDBConnection) -> Void
    /// Hands over a failure instead of running.
    let refuse: @Sendable (any Error) -> Void
}

/// Who runs which call: the queue, the idle threads and the gate to the server.
///
/// A value without locks or a clock.
struct WorkQueue {
    /// What a thread does next.
    enum Assignment {
        /// Run the job on the thread's connection.
        case run(Job)
        /// Open a connection, then run the job on it.
        case connectAndRun(Job)
        /// The server is away: hand over why.
        case refuse(Job, LibraryError)
        case stop
    }

    private let maximumQueued: Int
    private var jobs: [Job] = []
    private var idleConnected: [Int] = []
    private var idleUnconnected: [Int] = []
    private var connectionsOpen = 0
    private var gate: ConnectionGate
    private(set) var isStopping = false

    init(maximumQueued: Int, reconnectDelay: ClosedRange<Duration>) {
        self.maximumQueued = maximumQueued
        gate = ConnectionGate(delay: reconnectDelay)
    }

    // MARK: Callers

    /// Gives a job to a thread that is idle and connected, and names it to be woken; `nil` if there is none.
    mutating func start(_ job: Job) -> Int? {
        guard jobs.isEmpty, let thread = idleConnected.popLast() else { return nil }
        jobs.append(job)
        return thread
    }

    /// Queues a job, and names the thread to wake for it if one is idle; throws if the job is refused.
    mutating func add(_ job: Job) throws(Refusal) -> Int? {
        if isStopping { throw .shutDown }
        if jobs.count >= maximumQueued { throw .queueFull(maximumQueued) }
        jobs.append(job)
        // A thread that has a connection comes first: it can start at once.
        return idleConnected.popLast() ?? idleUnconnected.popLast()
    }

    /// Takes a job that still waits out of the queue; `nil` if it runs or has ended.
    mutating func remove(_ id: UInt64) -> Job? {
        guard let index = jobs.firstIndex(where: { $0.id == id }) else { return nil }
        return jobs.remove(at: index)
    }

    /// Refuses all work from now on; returns what was waiting, and the threads to wake.
    mutating func stop() -> (waiting: [Job], idle: [Int]) {
        isStopping = true
        defer {
            jobs = []
            idleConnected = []
            idleUnconnected = []
        }
        return (jobs, idleConnected + idleUnconnected)
    }

    // MARK: Threads

    /// The next thing a thread does, or how long it sleeps.
    mutating func next(
        for thread: Int,
        isConnected: Bool,
        at now: ContinuousClock.Instant
    ) -> WaiterTurn<Assignment> {
        idleConnected.removeAll { $0 == thread }
        idleUnconnected.removeAll { $0 == thread }
        if isStopping { return .goOn(.stop) }
        guard !jobs.isEmpty else {
            if isConnected { idleConnected.append(thread) } else { idleUnconnected.append(thread) }
            return .sleep(atMost: nil)
        }
        if isConnected { return .goOn(.run(jobs.removeFirst())) }
        switch gate.decision(at: now) {
        case .open:
            gate.entered()
            return .goOn(.connectAndRun(jobs.removeFirst()))
        case .closed(let remaining, _) where connectionsOpen > 0:
            // Others are connected: a thread that can only refuse must not take the work away from them.
            idleUnconnected.append(thread)
            return .sleep(atMost: remaining)
        case .closed(_, let cause):
            return .goOn(.refuse(jobs.removeFirst(), cause))
        }
    }

    /// What becomes of a job whose thread could not connect.
    enum Fallback: Equatable {
        /// It is the next one for those who are connected, of whom this one is idle.
        case backInQueue(wake: Int?)
        /// It has to be queued first.
        case queueFirst
        case fail
    }

    /// Keeps a job from failing with its thread's connection as long as others are connected.
    mutating func putBack(_ job: Job) -> Fallback {
        guard connectionsOpen > 0, !isStopping else { return .fail }
        guard job.mayWait else { return .queueFirst }
        jobs.insert(job, at: 0)
        return .backInQueue(wake: idleConnected.popLast())
    }

    /// Asks, for a thread whose connection turned out dead, whether it may open another; returns why not.
    mutating func enterGate(at now: ContinuousClock.Instant) -> LibraryError? {
        switch gate.decision(at: now) {
        case .open:
            gate.entered()
            return nil
        case .closed(_, let cause):
            return cause
        }
    }

    /// A connection was opened; returns threads to wake, which may connect now as well.
    mutating func connected() -> [Int] {
        connectionsOpen += 1
        gate.succeeded()
        if jobs.isEmpty { return [] }
        defer { idleUnconnected = [] }
        return idleUnconnected
    }

    /// A connection was closed or lost.
    mutating func disconnected() {
        connectionsOpen -= 1
    }

    /// A connection could not be opened.
    mutating func connectFailed(with error: LibraryError, at now: ContinuousClock.Instant, jitter: Double) {
        gate.failed(with: error, at: now, jitter: jitter)
    }

    /// Why a job was not queued.
    enum Refusal: Error, Equatable {
        case shutDown
        case queueFull(Int)
    }
}
