import CMariaDB
import Logging

/// The threads, each with one connection, that work off one bounded queue.
final class ConnectionPool: Sendable {
    private struct State {
        var work: WorkQueue
        var hasStarted = false
        var threadsLeft = 0
        var startFailure: (any Error)?
        var ended: CheckedContinuation<Void, any Error>?
    }

    private let configuration: MariaDBConfiguration
    private let logger: Logger
    private let state: Monitor<State>

    init(configuration: MariaDBConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        let work = WorkQueue(
            maximumQueued: configuration.maximumQueued,
            reconnectDelay: configuration.reconnectDelay
        )
        state = Monitor(State(work: work), waiters: configuration.connectionCount)
    }

    // MARK: Callers

    /// Gives a job to an idle connection, or refuses it with ``NobodyIdle``.
    func startNow(_ job: Job) {
        guard let idle = state.withLock({ $0.work.start(job) }) else { return job.refuse(NobodyIdle()) }
        state.wake(CollectionOfOne(idle))
    }

    /// Queues a job, or refuses it at once.
    func submit(_ job: Job) {
        do throws(WorkQueue.Refusal) {
            let idle = try state.withLock { state throws(WorkQueue.Refusal) in try state.work.add(job) }
            if let idle { state.wake(CollectionOfOne(idle)) }
        } catch {
            job.refuse(MariaDBError(error, file: job.file, line: job.line))
        }
    }

    /// Takes a job out of the queue, unless it runs or has ended already.
    func withdraw(_ id: UInt64) -> Job? {
        state.withLock { $0.work.remove(id) }
    }

    // MARK: Life

    /// Runs the threads until ``stop()`` was called and the running work has ended.
    func serve() async throws {
        try await withCheckedThrowingContinuation { continuation in
            start(ended: continuation)
        }
    }

    /// Refuses what waits and all that comes, and lets running work end.
    func stop() {
        let (waiting, idle) = state.withLock { $0.work.stop() }
        state.wake(idle)
        for job in waiting {
            job.refuse(MariaDBError(.shutDown, file: job.file, line: job.line))
        }
    }

    private func start(ended: CheckedContinuation<Void, any Error>) {
        let count = configuration.connectionCount
        let isFirst = state.withLock { state in
            if state.hasStarted { return false }
            state.hasStarted = true
            state.threadsLeft = count
            state.ended = ended
            return true
        }
        guard isFirst else {
            return ended.resume(throwing: MariaDBError(bug: "run() called twice", file: #fileID, line: #line))
        }
        for thread in 0..<count {
            do {
                try BlockingThread.start { self.live(as: thread) }
            } catch {
                state.withLock { $0.startFailure = error }
                stop()
                threadEnded()
            }
        }
    }

    private func threadEnded() {
        let end = state.withLock { state -> (CheckedContinuation<Void, any Error>, (any Error)?)? in
            state.threadsLeft -= 1
            guard state.threadsLeft == 0, let ended = state.ended else { return nil }
            state.ended = nil
            return (ended, state.startFailure)
        }
        guard let (ended, failure) = end else { return }
        if let failure { ended.resume(throwing: failure) } else { ended.resume() }
    }

    // MARK: Threads

    private func live(as thread: Int) {
        mysql_thread_init()
        var connection: MariaDBConnection?
        while true {
            let assignment = state.wait(as: thread) { state in
                state.work.next(for: thread, isConnected: connection != nil, at: .now)
            }
            switch assignment {
            case .run(let job):
                connection = run(job, on: connection)
            case .connectAndRun(let job):
                connection = run(job, onConnectionFrom: connect)
            case .refuse(let job, let cause):
                job.refuse(MariaDBError(connecting: cause.notTriedAgain, file: job.file, line: job.line))
            case .stop:
                connection?.close()
                mysql_thread_end()
                return threadEnded()
            }
        }
    }

    /// Runs a job on a connection that has been idle, or on another in its place if the server has closed it meanwhile.
    private func run(_ job: Job, on connection: MariaDBConnection?) -> MariaDBConnection? {
        if let connection, connection.isAlive { return run(job, onConnectionFrom: { connection }) }
        if let connection { drop(connection, because: "the server closed it while it was idle") }
        return run(
            job,
            onConnectionFrom: { () throws(LibraryError) in
                if let cause = state.withLock({ $0.work.enterGate(at: .now) }) { throw cause.notTriedAgain }
                return try connect()
            }
        )
    }

    /// Runs a job, and returns the connection if it can be used again.
    private func run(
        _ job: Job,
        onConnectionFrom lease: () throws(LibraryError) -> MariaDBConnection
    ) -> MariaDBConnection? {
        let connection: MariaDBConnection
        do {
            connection = try lease()
        } catch {
            passOn(job, because: error)
            return nil
        }
        job.run(connection)
        if let failure = connection.brokenBy {
            drop(connection, because: failure.message)
            return nil
        }
        return connection
    }

    /// Leaves a job to those who are connected, or lets it fail if nobody is.
    private func passOn(_ job: Job, because error: LibraryError) {
        switch state.withLock({ $0.work.putBack(job) }) {
        case .backInQueue(let idle?): state.wake(CollectionOfOne(idle))
        case .backInQueue(nil): break
        case .queueFirst: job.refuse(NobodyIdle())
        case .fail: job.refuse(MariaDBError(connecting: error, file: job.file, line: job.line))
        }
    }

    private func connect() throws(LibraryError) -> MariaDBConnection {
        do {
            let connection = try MariaDBConnection.open(configuration)
            state.wake(state.withLock { $0.work.connected() })
            logger.debug("database connection opened", metadata: ["server": "\(configuration.address)"])
            return connection
        } catch {
            let jitter = Double.random(in: 0...1)
            state.withLock { $0.work.connectFailed(with: error, at: .now, jitter: jitter) }
            let details: Logger.Metadata = ["server": "\(configuration.address)", "cause": "\(error.message)"]
            logger.warning("cannot connect to the database", metadata: details)
            throw error
        }
    }

    private func drop(_ connection: MariaDBConnection, because reason: String) {
        connection.close()
        state.withLock { $0.work.disconnected() }
        let details: Logger.Metadata = ["server": "\(configuration.address)", "cause": "\(reason)"]
        logger.warning("database connection dropped", metadata: details)
    }
}

/// No connection is idle: the job would have to wait.
struct NobodyIdle: Error {}

extension MariaDBError {
    init(_ refusal: WorkQueue.Refusal, file: StaticString, line: UInt) {
        switch refusal {
        case .shutDown:
            self.init(.shutDown, "the client is shut down", file: file, line: line)
        case .queueFull(let limit):
            self.init(.overloaded, "\(limit) calls wait for a connection already", file: file, line: line)
        }
    }

    init(connecting failure: LibraryError, file: StaticString, line: UInt) {
        self.init(failure, during: .connecting, statement: nil, file: file, line: line)
    }
}

extension LibraryError {
    /// The same failure, for a call that did not even try because another had just failed.
    fileprivate var notTriedAgain: LibraryError {
        LibraryError(code: code, sqlState: sqlState, message: "\(message) (tried a moment ago)")
    }
}
