import Foundation
import Glibc

/// A process as it can be found again, and told apart from a later one with the same process id.
public struct ProcessRecord: Sendable, Codable, Equatable {
    /// What it is to us: `redis-server`, `api`, ….
    public let name: String
    /// Its process id.
    public let pid: Int32
    /// When it started, in clock ticks since the machine did (proc(5): field 22 of `/proc/PID/stat`).
    public let startTime: UInt64
    /// The file it runs.
    public let executable: String
    /// The machine's run it belongs to: process ids and start times begin anew at each boot.
    public let bootID: String

    /// A running process; nil when there is none with this id, or it belongs to somebody else.
    ///
    /// Take it of a child that is ready: shortly after its start, a child still runs the program that starts it.
    public init?(name: String, pid: Int32) {
        guard
            let startTime = Self.startTime(of: pid),
            let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe"),
            let bootID = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        else { return nil }
        self.name = name
        self.pid = pid
        self.startTime = startTime
        // The kernel says so when the file has been replaced since, by an upgrade or a new build.
        self.executable = executable.hasSuffix(" (deleted)") ? String(executable.dropLast(10)) : executable
        self.bootID = bootID.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Whether this very process still runs.
    public var isRunning: Bool { ProcessRecord(name: name, pid: pid) == self }

    /// Ends the process with SIGTERM, or SIGKILL after `deadline`, if it still runs.
    ///
    /// - Throws: `CancellationError`; `LocalServerError` with `.timedOut` if it survives even that.
    public func stop(within deadline: Duration) async throws {
        for (signal, patience) in [(SIGTERM, deadline), (SIGKILL, .seconds(10))] {
            guard isRunning else { return }
            kill(pid, signal)
            let clock = ContinuousClock()
            let end = clock.now + patience
            while isRunning, clock.now < end { try await Task.sleep(for: .milliseconds(20)) }
        }
        if isRunning { throw LocalServerError(.timedOut, "\(name) (process \(pid)) could not be stopped.") }
    }

    /// Nil for a zombie as well: it has ended, and only its parent has not noticed.
    private static func startTime(of pid: Int32) -> UInt64? {
        guard
            let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            // The second field is the program's name in parentheses, which may hold spaces and parentheses.
            let nameEnd = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[nameEnd...].dropFirst().split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return UInt64(fields[19])
    }
}
