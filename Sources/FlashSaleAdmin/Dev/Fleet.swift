import Glibc
import LocalServers
import NIOConcurrencyHelpers

/// The processes that a run has started, and the order in which they stop.
final class Fleet: Sendable {
    /// Whose end the others wait for: the API takes no more users, then workers finish, then the stores close.
    enum Stage: Int, CaseIterable {
        case api
        case workers
        case mariadb
        case redis
    }

    /// One process.
    struct Member: Sendable {
        let name: String
        let stage: Stage
        let child: ChildProcess
        /// Ends it, by force after the deadline.
        let stop: @Sendable (Duration) async -> Void
        /// Its last lines, for an error message.
        let lastLines: @Sendable () -> [String]
    }

    /// How long each process may take to end.
    private static let patience = Duration.seconds(10)

    private let members = NIOLockedValueBox<[Member]>([])

    func add(_ member: Member) { members.withLockedValue { $0.append(member) } }

    /// Whether nothing was started.
    var isEmpty: Bool { members.withLockedValue(\.isEmpty) }

    /// Records of the processes that run, in the order to stop them in.
    var records: [ProcessRecord] {
        inOrder.compactMap { ProcessRecord(name: $0.name, pid: $0.child.pid) }
    }

    /// Waits until a process ends by itself.
    ///
    /// - Throws: ``CommandFailure`` that says which and what it said last; `CancellationError`.
    func waitForUnexpectedEnd() async throws {
        let (member, exit) = try await withThrowingTaskGroup(of: (Member, ChildProcess.Exit).self) { group in
            for member in inOrder { group.addTask { (member, try await member.child.waitForExit()) } }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
        throw Self.failure(of: member, exit)
    }

    /// That a process has ended although nobody asked it to.
    static func failure(of member: Member, _ exit: ChildProcess.Exit) -> CommandFailure {
        let lines = member.lastLines().map { "  | \($0)" }
        return .refused(
            (["\(member.name) ended unexpectedly (\(exit)). Its last lines:"] + lines).joined(separator: "\n")
        )
    }

    /// Ends all processes, stage by stage, each by force if it takes too long.
    func stop() async {
        for stage in Stage.allCases {
            await withDiscardingTaskGroup { group in
                for member in inOrder where member.stage == stage {
                    group.addTask { await member.stop(Self.patience) }
                }
            }
        }
    }

    /// Ends all processes with SIGKILL, without waiting.
    func killAll() {
        for member in inOrder { member.child.send(signal: SIGKILL) }
    }

    private var inOrder: [Member] {
        members.withLockedValue { $0 }.sorted { ($0.stage.rawValue, $0.name) < ($1.stage.rawValue, $1.name) }
    }
}
