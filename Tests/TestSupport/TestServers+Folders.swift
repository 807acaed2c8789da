public import Foundation
import Glibc
import LocalServers

/// Temporary folders that go when the test process ends, after the servers that write to them.
public enum TestFolders {
    private static let prefix = "/tmp/flashsale-test-"
    private static let counter = Counter()
    private static let lock = NSLock()
    // Both only touched with `lock` held.
    nonisolated(unsafe) private static var folders: [URL] = []
    nonisolated(unsafe) private static var servers: [@Sendable () -> ChildProcess?] = []

    /// Clean-up at exit is arranged once; what killed test processes left behind goes now.
    private static let prepared: Void = {
        removeLeftovers()
        atexit { TestFolders.cleanUp() }
    }()

    /// A new, empty folder that only we may enter, with a path short enough for sockets.
    public static func make() throws -> URL {
        _ = prepared
        let folder = URL(fileURLWithPath: "\(prefix)\(getpid())-\(counter.next())")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        lock.withLock { folders.append(folder) }
        return folder
    }

    /// Has the process that `server` then names killed before the folders are removed.
    static func killAtExit(_ server: @escaping @Sendable () -> ChildProcess?) {
        lock.withLock { servers.append(server) }
    }

    private static func cleanUp() {
        lock.lock()
        defer { lock.unlock() }
        let children: [ChildProcess] = servers.compactMap { $0() }
        for child in children { child.send(signal: SIGKILL) }
        // Plain polling for two seconds at most: nothing asynchronous runs any more at exit.
        for _ in 0..<200 where children.contains(where: \.isRunning) { usleep(10_000) }
        for folder in folders { try? FileManager.default.removeItem(at: folder) }
    }

    /// Removes the folders of test processes that were killed: their name holds a process id that is gone.
    private static func removeLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? []
        for name in names where "/tmp/\(name)".hasPrefix(prefix) {
            let pid = "/tmp/\(name)".dropFirst(prefix.count).prefix { $0 != "-" }
            guard let pid = Int32(pid), kill(pid, 0) == -1, errno == ESRCH else { continue }
            try? FileManager.default.removeItem(atPath: "/tmp/\(name)")
        }
    }
}

/// Hands out 0, 1, 2, ….
final class Counter: Sendable {
    private let lock = NSLock()
    // Only touched with `lock` held.
    nonisolated(unsafe) private var value = 0

    func next() -> Int {
        lock.withLock {
            defer { value += 1 }
            return value
        }
    }
}
