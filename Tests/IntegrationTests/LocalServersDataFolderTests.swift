import Foundation
import Glibc
import LocalServers
import TestSupport
import Testing

@Suite("Data folder", .timeLimit(.minutes(2)))
struct LocalServersDataFolderTests {
    private func state(_ processes: [ProcessRecord]) throws -> DataFolderState {
        DataFolderState(
            holder: try #require(ProcessRecord(name: "dev", pid: getpid())),
            processes: processes,
            redisSocket: "/r",
            mariadbSocket: "/m",
            database: "flashsale",
            mariadbFolder: "/f",
            httpPort: 8080
        )
    }

    /// A folder as a killed run leaves it: the state file there, nobody holding the lock.
    private func abandoned(_ state: DataFolderState) throws -> URL {
        let url = try TestFolders.make()
        let folder = try DataFolder.lock(url)
        try folder.save(state)
        let file = url.appendingPathComponent("state.json")
        let left = try Data(contentsOf: file)
        folder.release()
        try left.write(to: file)
        return url
    }

    private func changed(_ record: ProcessRecord, _ key: String, to value: Any) throws -> ProcessRecord {
        let data = try JSONEncoder().encode(record)
        var fields = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        fields[key] = value
        return try JSONDecoder().decode(ProcessRecord.self, from: JSONSerialization.data(withJSONObject: fields))
    }

    @Test("The second to take a folder is told who has it; once it is free anybody may have it")
    func lock() async throws {
        let url = try TestFolders.make().appendingPathComponent("data")
        let folder = try DataFolder.lock(url)
        let error = #expect(throws: LocalServerError.self) { try DataFolder.lock(url) }
        #expect(error?.code == .alreadyRunning)
        #expect(error?.message.contains("process \(getpid())") == true)
        // A child must not inherit the lock: it would outlive us with it.
        let child = try await ChildProcess.start(ChildProcess.Launch("sleep", ["1000"], deathSignal: .kill))
        folder.release()
        let next = try DataFolder.lock(url)
        await child.kill()
        next.release()
    }

    @Test("Another command finds what runs, until the holder lets go")
    func findsRunning() throws {
        let url = try TestFolders.make()
        #expect(try DataFolder.runningState(in: url) == nil)
        let folder = try DataFolder.lock(url)
        let state = try state([])
        try folder.save(state)
        #expect(try DataFolder.runningState(in: url) == state)
        folder.release()
        #expect(try DataFolder.runningState(in: url) == nil)
    }

    @Test("A state whose holder is dead is not running")
    func deadHolder() throws {
        var state = try state([])
        state.holder = try changed(state.holder, "startTime", to: 1)
        #expect(try DataFolder.runningState(in: abandoned(state)) == nil)
    }

    @Test("What a killed run left running is stopped, and nothing else")
    func orphans() async throws {
        let orphan = try await ChildProcess.start(ChildProcess.Launch("sleep", ["1000"], deathSignal: .kill))
        let other = try await ChildProcess.start(ChildProcess.Launch("sleep", ["1001"], deathSignal: .kill))
        try await eventually("both run sleep") {
            [orphan, other].allSatisfy { ProcessRecord(name: "", pid: $0.pid)?.executable.hasSuffix("/sleep") == true }
        }
        let record = try #require(ProcessRecord(name: "redis-server", pid: orphan.pid))
        let otherRecord = try #require(ProcessRecord(name: "mariadbd", pid: other.pid))
        let lookalikes = [
            try changed(otherRecord, "startTime", to: 1),
            try changed(otherRecord, "executable", to: "/usr/sbin/mariadbd"),
            try changed(otherRecord, "bootID", to: "another"),
        ]
        let folder = try DataFolder.lock(abandoned(state([record] + lookalikes)))
        #expect(try await folder.stopOrphans() == [record])
        #expect(await orphan.waitForExit(within: .seconds(30)) == .signal(SIGTERM))
        #expect(other.isRunning)
        await other.kill()
        #expect(try await folder.stopOrphans() == [])
        folder.release()
    }

    @Test("A state file that cannot be read is an error that says what to do")
    func unreadableState() throws {
        let url = try TestFolders.make()
        try Data("{}".utf8).write(to: url.appendingPathComponent("state.json"))
        let error = #expect(throws: LocalServerError.self) { try DataFolder.runningState(in: url) }
        #expect(error?.code == .badFile)
        #expect(error?.message.contains("remove it") == true)
    }
}
