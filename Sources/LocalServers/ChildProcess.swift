import Glibc

/// A process that we started, and that does not outlive us.
///
/// Two things keep children and their starter apart and together:
/// - each child is in a process group of its own, so a terminal's Ctrl-C reaches only us and we stop children in order;
/// - `setpriv --pdeathsig` (util-linux, essential on Debian) has the kernel send it a signal when we die, however we
///   die. The kernel sends that signal when the *thread* that started the child ends, and neither the cooperative pool
///   nor, on Linux, the main actor stays on one thread. So each child is started by a thread of its own, which then
///   waits for it, and so lives exactly as long as the child does.
public final class ChildProcess: Sendable {
    /// How a process ended.
    public enum Exit: Sendable, Equatable, CustomStringConvertible {
        /// It returned from `main` or called `exit` with this code.
        case code(Int32)
        /// A signal ended it.
        case signal(Int32)

        /// In words, for a message: `code 1`, `signal 9`.
        public var description: String {
            switch self {
            case .code(let code): "code \(code)"
            case .signal(let signal): "signal \(signal)"
            }
        }
    }

    /// The process id.
    ///
    /// After the exit it may belong to another process: signal through this object only.
    public let pid: Int32

    let state = Locked(State())

    struct State {
        var exit: Exit?
        /// True from the moment the process id may be given to another process.
        var isReaped = false
        var waiters: [UInt64: CheckedContinuation<Exit?, Never>] = [:]
        var nextWaiter: UInt64 = 0
    }

    init(pid: Int32) {
        self.pid = pid
    }

    /// How the process ended; nil while it runs.
    public var exit: Exit? { state.withValue { $0.exit } }

    /// Whether the process has not ended yet; a suspended process runs.
    public var isRunning: Bool { exit == nil }

    /// Sends a signal, and does nothing when the process has ended.
    public func send(signal: Int32) {
        // Under the lock, so that the process cannot be reaped, and its id used again, in between.
        state.withValue { state in
            guard !state.isReaped else { return }
            _ = Glibc.kill(pid, signal)
        }
    }

    /// Freezes the process (SIGSTOP).
    public func suspend() {
        send(signal: SIGSTOP)
    }

    /// Wakes a frozen process (SIGCONT).
    public func resume() {
        send(signal: SIGCONT)
    }

    /// Ends the process at once (SIGKILL) and waits until it is gone, for ten seconds at most.
    @discardableResult
    public func kill() async -> Exit? {
        send(signal: SIGKILL)
        return await waitForExit(within: .seconds(10))
    }

    /// Asks the process to end (SIGTERM), and kills it when it has not done so within `deadline`.
    ///
    /// Runs to its end even in a cancelled task: this is what clean-up calls.
    /// - Returns: How it ended; nil only if the kernel could not even kill it within ten seconds.
    @discardableResult
    public func terminate(within deadline: Duration) async -> Exit? {
        send(signal: SIGTERM)
        send(signal: SIGCONT)
        if let exit = await waitForExit(within: deadline) {
            return exit
        }
        return await kill()
    }
}
