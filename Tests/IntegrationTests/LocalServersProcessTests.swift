import Foundation
import Glibc
import TestSupport
import Testing

@testable import LocalServers

@Suite("Child processes", .timeLimit(.minutes(2)))
struct LocalServersProcessTests {
    private let deadline = Duration.seconds(30)

    private func shell(_ script: String) -> ChildProcess.Launch {
        ChildProcess.Launch("sh", ["-c", script])
    }

    @Test("Output, errors and exit code of a program are told apart")
    func output() async throws {
        let finished = try await ChildProcess.run(
            shell("echo one; echo two >&2; printf three; exit 7"),
            within: deadline
        )
        #expect(finished.exit == .code(7))
        #expect(finished.standardOutput == "one\nthree\n")
        #expect(finished.standardError == "two\n")
    }

    @Test("The environment, the working directory and arguments with spaces arrive as they are")
    func surroundings() async throws {
        let launch = ChildProcess.Launch(
            "sh",
            ["-c", #"pwd; echo "$COLOUR"; echo "$1""#, "sh", "a  b"],
            environment: ["COLOUR": "teal = blue"],
            workingDirectory: "/usr"
        )
        let finished = try await ChildProcess.run(launch, within: deadline)
        #expect(finished.standardOutput == "/usr\nteal = blue\na  b\n")
    }

    @Test("A child leads a process group of its own, with no signal blocked or ignored and no descriptor of ours")
    func isolation() async throws {
        signal(SIGPIPE, SIG_IGN)
        let inherited = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/dev/zero"))
        defer { withExtendedLifetime(inherited) {} }
        _ = fcntl(inherited.fileDescriptor, F_SETFD, 0)
        // `exec`, because the shell itself blocks signals while it waits.
        let script =
            "cut -d' ' -f5 /proc/$$/stat; echo $$; ls -l /proc/$$/fd; exec grep -E '^Sig(Blk|Ign)' /proc/self/status"
        let lines = try await ChildProcess.run(shell(script), within: deadline).standardOutput.split(separator: "\n")
        #expect(lines[0] == lines[1], "its process group is not its own")
        #expect(lines.suffix(2).first == "SigBlk:\t0000000000000000")
        // Signals 32 and 33 are glibc's own.
        let ignored = try #require(UInt64(lines[lines.count - 1].dropFirst("SigIgn:\t".count), radix: 16))
        #expect(ignored & ~0x1_8000_0000 == 0)
        #expect(!lines.contains { $0.hasSuffix("/dev/zero") })
    }

    @Test("The kernel is told which signal to send a child when we die", arguments: [("TERM", "15"), ("KILL", "9")])
    func parentDeath(name: String, number: String) async throws {
        // prctl(PR_GET_PDEATHSIG) is system call 157 on x86-64 and 167 on ARM64.
        let script = #"$n = pack("i", 0); syscall(`uname -m` =~ /x86_64/ ? 157 : 167, 2, $n); print unpack("i", $n)"#
        var launch = ChildProcess.Launch("perl", ["-e", script])
        launch.deathSignal = try #require(ChildProcess.DeathSignal(rawValue: name))
        let finished = try await ChildProcess.run(launch, within: deadline)
        #expect(finished.standardOutput == "\(number)\n")
    }

    @Test("A child that ignores SIGTERM is killed at the deadline, one that does not ends by it")
    func termination() async throws {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        var stubborn = shell("trap '' TERM; echo ready; exec sleep 1000")
        stubborn.standardOutput = .lines { continuation.yield($0) }
        let child = try await ChildProcess.start(stubborn)
        var iterator = lines.makeAsyncIterator()
        #expect(await iterator.next() == "ready")
        #expect(await child.terminate(within: .milliseconds(200)) == .signal(SIGKILL))

        let docile = try await ChildProcess.start(ChildProcess.Launch("sleep", ["1000"]))
        #expect(await docile.terminate(within: deadline) == .signal(SIGTERM))
        #expect(!docile.isRunning)
        docile.send(signal: SIGKILL)
        #expect(docile.exit == .signal(SIGTERM))
    }

    @Test("A frozen child is still ended")
    func suspension() async throws {
        let child = try await ChildProcess.start(ChildProcess.Launch("sleep", ["1000"]))
        child.suspend()
        try await eventually("the child is stopped") { try state(of: child.pid) == "T" }
        child.resume()
        try await eventually("the child runs again") { try state(of: child.pid) == "S" }
        child.suspend()
        #expect(await child.terminate(within: deadline) == .signal(SIGTERM))
    }

    private func state(of pid: Int32) throws -> String {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return String(stat.split(separator: " ")[2])
    }

    @Test("Cancelling a wait leaves the child alone")
    func cancelledWait() async throws {
        let child = try await ChildProcess.start(ChildProcess.Launch("sleep", ["1000"]))
        let waiting = Task { try await child.waitForExit() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(await child.waitForExit(within: .milliseconds(10)) == nil)
        #expect(child.isRunning)
        async let exit = child.waitForExit()
        await child.kill()
        #expect(try await exit == .signal(SIGKILL))
    }

    @Test("A program that takes too long is killed, and the error shows what it said")
    func tooLong() async throws {
        let error = try await #require(throws: LocalServerError.self) {
            try await ChildProcess.run(shell("echo nearly there; exec sleep 1000"), within: .seconds(1))
        }
        #expect(error.code == .timedOut)
        #expect(error.message.contains("nearly there"))
    }

    @Test("A missing program is an error that names the package to install")
    func missingProgram() async throws {
        let error = #expect(throws: LocalServerError.self) {
            try Executable.find("no-such-server", package: "some-package", path: "/usr/bin")
        }
        #expect(error?.code == .missingExecutable)
        #expect(
            error?.message == "The program no-such-server is not installed. Install it with: apt install some-package"
        )
        await #expect(throws: LocalServerError.self) { try await ChildProcess.start(ChildProcess.Launch("/no/such")) }
    }

    @Test("Lines are cut at line breaks, and at 64 KB")
    func lineSplitting() {
        var lines = LineSplitter()
        #expect(lines.append(Array("one\ntw".utf8)) == ["one"])
        #expect(lines.append(Array("o\n\nthree".utf8)) == ["two", ""])
        #expect(lines.finish() == "three")
        #expect(lines.finish() == nil)
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: LineSplitter.maximumLength + 5)
        #expect(lines.append(long).map(\.count) == [LineSplitter.maximumLength])
        #expect(lines.finish()?.count == 5)
    }
}
