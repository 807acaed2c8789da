import Foundation
import Glibc

/// Files and folders that only their owner may read.
enum PrivateFiles {
    /// Writes `text` to `path`, readable by its owner only, and in one step: a reader sees the old text or the new.
    static func write(_ text: String, to path: String) throws {
        let draft = "\(path).\(getpid()).new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("written", draft) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(text.utf8))
            try file.close()
        } catch {
            throw LocalServerError(.badFile, "\(draft) cannot be written: \(error)")
        }
        guard rename(draft, path) == 0 else { throw failure("written", path) }
    }

    /// Makes the folder and those above it, if need be, and closes it to everybody but its owner.
    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw LocalServerError(.badFile, "The folder \(path) cannot be made: \(error.localizedDescription)")
        }
        guard chmod(path, 0o700) == 0 else { throw failure("made private", path) }
    }

    /// The text of a file.
    static func read(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw LocalServerError(.badFile, "\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    private static func failure(_ verb: String, _ path: String) -> LocalServerError {
        LocalServerError(.badFile, "\(path) cannot be \(verb): \(String(cString: strerror(errno)))")
    }
}

/// The folder that holds a server's Unix socket.
///
/// The kernel takes socket paths of up to 107 bytes, so a data folder deep in the tree cannot hold its own.
struct SocketFolder: Sendable {
    /// Leaves room for what servers append: `mariadbd` makes a lock file beside its socket.
    static let maximumPathLength = 100

    let path: String
    private let isTemporary: Bool

    /// `folder` itself if a socket called `name` fits there, else a short private folder in the system's temporary one.
    init(in folder: String, for name: String) throws {
        if "\(folder)/\(name)".utf8.count <= Self.maximumPathLength {
            (path, isTemporary) = (folder, false)
            return
        }
        var template = Array("/tmp/flashsale-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw LocalServerError(.badFile, "No folder in /tmp: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        isTemporary = true
    }

    /// Removes the folder if it was made here.
    func remove() {
        if isTemporary { try? FileManager.default.removeItem(atPath: path) }
    }
}
