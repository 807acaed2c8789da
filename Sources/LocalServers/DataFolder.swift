public import Foundation
import Glibc

/// The folder of `flashsale dev`: the data of the private servers, who is using it, and where they listen.
///
/// Whoever uses it holds a lock on the file `flashsale-dev` inside. The kernel lets go of it when the holder dies, so there are
/// no stale locks, and children do not inherit it.
public final class DataFolder: Sendable {
    /// The folder.
    public let url: URL
    private let descriptor: Locked<Int32?>

    private init(url: URL, descriptor: Int32) {
        self.url = url
        self.descriptor = Locked(descriptor)
    }

    deinit {
        release()
    }

    /// The file that marks a folder as ours: locked, and with the holder's process id in it, while somebody uses it.
    public static let markName = "flashsale-dev"

    /// Makes the folder if need be, closed to other users, and takes its lock.
    ///
    /// - Throws: `LocalServerError` with `.alreadyRunning` and the holder's process id, or `.badFile`.
    public static func lock(_ url: URL) throws -> DataFolder {
        try PrivateFiles.makeFolder(url.path)
        let path = url.appendingPathComponent(markName).path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LocalServerError(.badFile, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw LocalServerError(.badFile, "\(path) cannot be locked: \(String(cString: strerror(reason)))")
            }
            let holder = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let pid = holder.trimmingCharacters(in: .whitespacesAndNewlines)
            let who = pid.isEmpty ? "another process" : "process \(pid)"
            throw LocalServerError(.alreadyRunning, "The data folder \(url.path) is in use by \(who).")
        }
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        pwrite(descriptor, text, text.utf8.count, 0)
        return DataFolder(url: url, descriptor: descriptor)
    }

    /// Lets go of the lock, and removes the state file: the last thing to do, when all processes have ended.
    public func release() {
        descriptor.withValue { descriptor in
            guard let open = descriptor else { return }
            unlink(Self.stateFile(in: url))
            ftruncate(open, 0)
            // Explicitly: a child that is just being started has a copy of the descriptor until it runs its program.
            flock(open, LOCK_UN)
            close(open)
            descriptor = nil
        }
    }

    /// Writes down what runs and where, for other commands to find.
    ///
    /// - Throws: `LocalServerError` with `.badFile`.
    public func save(_ state: DataFolderState) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let text = String(decoding: try encoder.encode(state), as: UTF8.self)
        try PrivateFiles.write(text + "\n", to: Self.stateFile(in: url))
    }

    /// Stops what an earlier, killed holder of the folder left running: those very processes, no others.
    ///
    /// - Parameter deadline: For each process, before it is killed.
    /// - Returns: The processes that were still running.
    /// - Throws: As ``ProcessRecord/stop(within:)`` does, or `LocalServerError` with `.badFile`.
    @discardableResult
    public func stopOrphans(within deadline: Duration = .seconds(30)) async throws -> [ProcessRecord] {
        guard let state = try Self.state(in: url) else { return [] }
        let orphans = state.processes.filter { $0.isRunning && $0.pid != getpid() }
        for orphan in orphans { try await orphan.stop(within: deadline) }
        unlink(Self.stateFile(in: url))
        return orphans
    }

    /// The state of a folder somebody is using; nil when nobody is.
    ///
    /// - Throws: `LocalServerError` with `.badFile`.
    public static func runningState(in url: URL) throws -> DataFolderState? {
        guard let state = try state(in: url), state.holder.isRunning else { return nil }
        return state
    }

    private static func state(in url: URL) throws -> DataFolderState? {
        let path = stateFile(in: url)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let text = try PrivateFiles.read(path)
        do {
            return try JSONDecoder().decode(DataFolderState.self, from: Data(text.utf8))
        } catch {
            throw LocalServerError(.badFile, "\(path) is not a state file of this version; remove it. (\(error))")
        }
    }

    private static func stateFile(in url: URL) -> String {
        url.appendingPathComponent("state.json").path
    }
}

/// What runs in a data folder, and where it listens.
///
/// Kept in `state.json`, which holds no passwords.
public struct DataFolderState: Sendable, Codable, Equatable {
    /// The process that holds the folder.
    public var holder: ProcessRecord
    /// The processes it started, in the order to stop them in.
    public var processes: [ProcessRecord]
    /// The Unix socket of Redis.
    public var redisSocket: String
    /// The Unix socket of MariaDB.
    public var mariadbSocket: String
    /// The name of the database.
    public var database: String
    /// The folder of MariaDB's data, whose `credentials.json` holds the accounts.
    public var mariadbFolder: String
    /// The API's port; nil until it listens.
    public var httpPort: Int?

    /// A state.
    public init(
        holder: ProcessRecord,
        processes: [ProcessRecord],
        redisSocket: String,
        mariadbSocket: String,
        database: String,
        mariadbFolder: String,
        httpPort: Int? = nil
    ) {
        self.holder = holder
        self.processes = processes
        self.redisSocket = redisSocket
        self.mariadbSocket = mariadbSocket
        self.database = database
        self.mariadbFolder = mariadbFolder
        self.httpPort = httpPort
    }

    /// The accounts of the MariaDB server.
    ///
    /// - Throws: `LocalServerError` with `.badFile`.
    public func credentials() throws -> MariaDBCredentials {
        try MariaDBServer.readCredentials(in: mariadbFolder)
    }
}
