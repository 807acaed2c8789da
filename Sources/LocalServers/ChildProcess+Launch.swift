import Dispatch
import Foundation
import Glibc

extension ChildProcess {
    /// Where a stream of a process goes.
    public enum Output: Sendable {
        /// To `/dev/null`.
        case discard
        /// To our own stream.
        case inherit
        /// To the end of this file, which is created readable by its owner only.
        case file(String)
        /// To a closure, line by line, without the line break, on a thread of its own. Lines over 64 KB come in pieces.
        ///
        /// A slow closure slows the process down: nothing is buffered but the pipe.
        case lines(@Sendable (String) -> Void)
    }

    /// The signal the kernel sends a child when we die.
    public enum DeathSignal: String, Sendable {
        /// SIGTERM: it ends by itself, cleanly.
        case terminate = "TERM"
        /// SIGKILL: nothing of it is left.
        case kill = "KILL"
    }

    /// What to start, and how.
    public struct Launch: Sendable {
        /// A name that is looked up in PATH, or a path.
        public var executable: String
        /// The arguments, without the program's name.
        public var arguments: [String]
        /// The whole environment; nil passes ours on.
        public var environment: [String: String]?
        /// The working directory; nil for ours.
        public var workingDirectory: String?
        /// Where standard output goes.
        public var standardOutput: Output
        /// Where standard error goes.
        public var standardError: Output
        /// What the kernel sends it when we die.
        public var deathSignal: DeathSignal

        /// A launch of `executable`, its output discarded.
        public init(
            _ executable: String,
            _ arguments: [String] = [],
            environment: [String: String]? = nil,
            workingDirectory: String? = nil,
            standardOutput: Output = .discard,
            standardError: Output = .discard,
            deathSignal: DeathSignal = .terminate
        ) {
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.workingDirectory = workingDirectory
            self.standardOutput = standardOutput
            self.standardError = standardError
            self.deathSignal = deathSignal
        }
    }

    /// Starts a process.
    ///
    /// - Throws: `LocalServerError` with `.missingExecutable`, `.badFile` or `.cannotStart`.
    public static func start(_ launch: Launch) async throws -> ChildProcess {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                let readers = DispatchGroup()
                let started = Result { try ChildProcess(pid: launch.spawn(readers: readers)) }
                continuation.resume(with: started)
                // This thread must stay for as long as the child does: see the type's comment.
                (try? started.get())?.waitAndReap(readers: readers)
            }
            thread.name = "child"
            thread.start()
        }
    }
}

extension ChildProcess.Launch {
    private static let spawning = NSLock()

    /// Starts the process on the calling thread.
    func spawn(readers: DispatchGroup) throws -> pid_t {
        let setpriv = try Executable.find("setpriv", package: "util-linux")
        let program = try Executable.find(executable)
        // One at a time: a child must not inherit the pipe another is being given, or that pipe would never end.
        Self.spawning.lock()
        defer { Self.spawning.unlock() }
        let output = try OutputDescriptor(standardOutput, inherited: STDOUT_FILENO)
        defer { output.closeOurs() }
        let error = try OutputDescriptor(standardError, inherited: STDERR_FILENO)
        defer { error.closeOurs() }

        // glibc's posix_spawn can change the folder too, but Swift does not see that function.
        let folder = try workingDirectory.map { [try Executable.find("env", package: "coreutils"), "--chdir=\($0)"] }
        let words = [setpriv, "--pdeathsig", deathSignal.rawValue, "--"] + (folder ?? []) + [program] + arguments
        let variables = environment ?? ProcessInfo.processInfo.environment
        var pid: pid_t = 0
        let result = withFileActions(output: output.descriptor, error: error.descriptor) { actions in
            withAttributes { attributes in
                withCStrings(words) { argv in
                    withCStrings(variables.map { "\($0.key)=\($0.value)" }) { envp in
                        posix_spawn(&pid, setpriv, actions, attributes, argv, envp)
                    }
                }
            }
        }
        guard result == 0 else {
            throw LocalServerError(
                .cannotStart,
                "\(program) could not be started: \(String(cString: strerror(result)))"
            )
        }
        output.startReading(in: readers)
        error.startReading(in: readers)
        return pid
    }

    private func withFileActions(
        output: Int32,
        error: Int32,
        _ body: (UnsafePointer<posix_spawn_file_actions_t>) -> Int32
    ) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO)
        // Libraries of ours may hold descriptors without CLOEXEC; a child must not keep our sockets open.
        for descriptor in openDescriptors() where descriptor > STDERR_FILENO {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        return body(&actions)
    }

    private func withAttributes(_ body: (UnsafePointer<posix_spawnattr_t>) -> Int32) -> Int32 {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A server of ours blocks or ignores signals for itself; the child starts with none blocked, none ignored.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        return body(&attributes)
    }
}

/// The numbers of all descriptors that are open in this process.
private func openDescriptors() -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }
}

/// Lends `strings` as the NULL-terminated array of C strings that `exec` takes.
private func withCStrings<R>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { buffer in
        // Never empty: it ends with the NULL.
        buffer.baseAddress.map(body)
    }.unsafelyUnwrapped
}
