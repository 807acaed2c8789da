import Dispatch
import Foundation
import Glibc

extension ChildProcess {
    /// Waits until the process has ended, however long that takes.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first. The process goes on running.
    public func waitForExit() async throws -> Exit {
        let id = newWaiter()
        let exit = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                register(continuation, id: id)
                // The handler may have run before there was anything to resume.
                if Task.isCancelled { giveUp(id) }
            }
        } onCancel: {
            giveUp(id)
        }
        guard let exit else { throw CancellationError() }
        return exit
    }

    /// Waits until the process has ended, `deadline` at most.
    ///
    /// Cancelling the task does not shorten the wait: clean-up must be able to wait.
    ///
    /// - Returns: How it ended, or nil if it still runs.
    public func waitForExit(within deadline: Duration) async -> Exit? {
        let id = newWaiter()
        return await withCheckedContinuation { continuation in
            register(continuation, id: id)
            DispatchQueue.global().asyncAfter(deadline: .now() + deadline.seconds) { [weak self] in
                self?.giveUp(id)
            }
        }
    }

    private func newWaiter() -> UInt64 {
        state.withValue { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
    }

    private func register(_ continuation: CheckedContinuation<Exit?, Never>, id: UInt64) {
        let exit = state.withValue { state in
            if state.exit == nil { state.waiters[id] = continuation }
            return state.exit
        }
        if let exit { continuation.resume(returning: exit) }
    }

    private func giveUp(_ id: UInt64) {
        let waiter = state.withValue { $0.waiters.removeValue(forKey: id) }
        waiter?.resume(returning: nil)
    }

    /// Blocks the calling thread until the process has ended, then tells everybody who waits.
    ///
    /// - Parameter readers: The threads that read its output. They get a second to read what is left: a grandchild may
    ///   hold the pipe open for ever.
    func waitAndReap(readers: DispatchGroup) {
        var info = siginfo_t()
        // WNOWAIT leaves a zombie, so the id stays ours until `send(signal:)` can no longer use it.
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        _ = readers.wait(timeout: .now() + 1)

        let (exit, waiters) = state.withValue { state in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) == -1, errno == EINTR {}
            state.isReaped = true
            let exit = Exit(waitStatus: status)
            state.exit = exit
            defer { state.waiters = [:] }
            return (exit, state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: exit) }
    }
}

extension ChildProcess.Exit {
    /// From the status word of `waitpid`: the C macros WIFSIGNALED, WTERMSIG and WEXITSTATUS are not visible in Swift.
    init(waitStatus status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
    }
}

extension Duration {
    /// In seconds, for the interfaces that want a floating-point number.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
