import Foundation
import Glibc
import LocalServers

/// The data folder of `flashsale dev`, and what may be done to it.
struct DevFolder {
    /// What is made inside; anything else is somebody else's.
    private static let ownNames: Set<String> = [
        DataFolder.markName, "state.json", "redis", "mariadb", OperatorKeyFile.name,
        DrawKeyFile.name,
    ]

    let url: URL

    init(_ path: String) { url = URL(fileURLWithPath: path).standardizedFileURL }

    /// Redis's part.
    var redis: URL { url.appendingPathComponent("redis") }
    /// MariaDB's part.
    var mariadb: URL { url.appendingPathComponent("mariadb") }
    /// Whether MariaDB's data is still to be made, which takes a while.
    var isNew: Bool { !FileManager.default.fileExists(atPath: mariadb.appendingPathComponent("data").path) }

    /// Sees that the folder is ours or can be: locking it would close it to other users, and `--fresh` empty it.
    ///
    /// - Throws: ``CommandFailure`` in words.
    func check() throws(CommandFailure) {
        // MariaDB's installer is a shell script that does not quote the path.
        guard !url.path.contains(where: { $0.isWhitespace || "*?[]".contains($0) }) else {
            throw .refused(
                "MariaDB cannot live in '\(url.path)'. Name a folder without blanks, * ? [ and ] with --data."
            )
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            return try checkWritable(existingParent)
        }
        guard isFolder.boolValue else {
            throw .refused("\(url.path) is not a folder. Name another one with --data.")
        }
        try checkWritable(url.path)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        let foreign = names.filter { !Self.isOurs($0) }.sorted()
        guard foreign.isEmpty else {
            let shown = foreign.prefix(3).joined(separator: ", ") + (foreign.count > 3 ? ", …" : "")
            throw .refused(
                "\(url.path) holds files that are not ours (\(shown)). Name a new or an empty folder with --data."
            )
        }
        guard names.isEmpty || names.contains(DataFolder.markName) else {
            throw .refused("\(url.path) was not made by flashsale dev. Name a new or an empty folder with --data.")
        }
    }

    /// Removes the servers' data.
    ///
    /// Call it with the folder locked and nothing running in it.
    /// - Throws: ``CommandFailure`` in words.
    func removeData() throws(CommandFailure) {
        for part in [redis, mariadb] where FileManager.default.fileExists(atPath: part.path) {
            do {
                try FileManager.default.removeItem(at: part)
            } catch {
                throw .refused("\(part.path) cannot be removed: \(error.localizedDescription)")
            }
        }
    }

    /// A draft of a file is left behind by a process that was killed while it wrote.
    private static func isOurs(_ name: String) -> Bool {
        ownNames.contains(name)
            || (name.hasSuffix(".new")
                && ["state.json", OperatorKeyFile.name, DrawKeyFile.name].contains { name.hasPrefix("\($0).") })
    }

    private var existingParent: String {
        var parent = url.deletingLastPathComponent()
        while parent.path != "/", !FileManager.default.fileExists(atPath: parent.path) {
            parent.deleteLastPathComponent()
        }
        return parent.path
    }

    private func checkWritable(_ path: String) throws(CommandFailure) {
        guard access(path, W_OK | X_OK) == 0 else {
            throw .refused("\(path) may not be written to. Name another folder with --data.")
        }
    }
}
