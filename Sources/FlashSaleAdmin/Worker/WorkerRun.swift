import Assembly
import Glibc
import LocalServers

/// One run of `flashsale worker`: a worker's process, and when to end it.
struct WorkerRun: Sendable {
    /// How long the worker may take to finish its batch: more than the ten seconds it gives itself.
    private static let patience = Duration.seconds(15)
    /// From one look at the lines to the next.
    private static let pause = Duration.milliseconds(250)

    /// What ends the worker, beside a signal.
    struct Plan: Sendable, Equatable {
        let stopsWhenEmpty: Bool
        /// Nil for any time.
        let maximumTime: Duration?
    }

    /// What has ended the wait.
    private enum Ending: Sendable {
        case exited(ChildProcess.Exit)
        case asked
        case empty
        case timeIsOver(Duration)
    }

    let plan: Plan
    let program: String
    let settings: WorkerSettings

    /// Runs the worker until it ends by itself, a signal asks to stop, or the plan says so.
    ///
    /// - Parameter isEmpty: Whether there is no work left; an error means that nobody knows.
    /// - Throws: ``CommandFailure`` with the worker's exit code unless that is 0. The worker has ended by then.
    func untilEnded(_ isEmpty: @escaping @Sendable () async throws -> Bool) async throws {
        let worker = try await ChildProcess.start(
            ChildProcess.Launch(
                program,
                settings.arguments,
                environment: settings.environment,
                standardOutput: .inherit,
                standardError: .inherit
            )
        )
        let signals = StopSignals {
            worker.send(signal: SIGKILL)
            _exit(128 + SIGINT)
        }
        defer { signals.stop() }
        let failure =
            switch await ending(of: worker, signals, isEmpty) {
            case .exited(let exit): Self.failure(exit, wasAsked: false)
            case .asked: await end(worker, because: "Ctrl-C again kills it at once.")
            case .empty: await end(worker, because: "Every line is empty.")
            case .timeIsOver(let time): await end(worker, because: "Its \(time.words) are over.")
            }
        if let failure { throw failure }
    }

    private func ending(
        of worker: ChildProcess,
        _ signals: StopSignals,
        _ isEmpty: @escaping @Sendable () async throws -> Bool
    ) async -> Ending {
        await withTaskGroup(of: Ending.self) { group in
            group.addTask { (try? await worker.waitForExit()).map { .exited($0) } ?? .asked }
            group.addTask {
                await signals.wait()
                return .asked
            }
            if let time = plan.maximumTime {
                group.addTask {
                    let slept: Void? = try? await Task.sleep(for: time)
                    return slept == nil ? .asked : .timeIsOver(time)
                }
            }
            if plan.stopsWhenEmpty {
                group.addTask { await waitUntil(isEmpty) ? .empty : .asked }
            }
            defer { group.cancelAll() }
            return await group.next() ?? .asked
        }
    }

    /// - Returns: False when the task was cancelled before.
    private func waitUntil(_ isEmpty: @Sendable () async throws -> Bool) async -> Bool {
        while !Task.isCancelled {
            // A store that is away: the worker says so itself, and goes on when it is back.
            if let isEmpty = try? await isEmpty(), isEmpty { return true }
            try? await Task.sleep(for: Self.pause)
        }
        return false
    }

    private func end(_ worker: ChildProcess, because reason: String) async -> CommandFailure? {
        Console.standardError.write("Stopping the worker. \(reason)")
        return Self.failure(await worker.terminate(within: Self.patience), wasAsked: true)
    }

    /// What the worker's end means; nil when it ended well.
    ///
    /// - Parameter wasAsked: Whether it was sent SIGTERM: one that had not even begun dies of that, and has lost nothing.
    static func failure(_ exit: ChildProcess.Exit?, wasAsked: Bool) -> CommandFailure? {
        switch exit {
        case .code(ProgramRun.ExitCode.success): nil
        case .signal(SIGTERM) where wasAsked: nil
        case .code(let code): CommandFailure(description: "The worker ended with exit code \(code).", exitCode: code)
        // As shells have it.
        case .signal(let signal):
            CommandFailure(description: "The worker was killed by signal \(signal).", exitCode: 128 + signal)
        case nil: .refused("The worker could not be ended.")
        }
    }
}
