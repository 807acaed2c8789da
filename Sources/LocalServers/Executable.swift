import Foundation
import Glibc

/// Finding the programs this module starts.
enum Executable {
    /// Folders searched after PATH: Debian keeps servers in `sbin`, which is not in everybody's PATH.
    static let systemFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

    /// The absolute path of `name`.
    ///
    /// - Parameters:
    ///   - name: A program's name, or a path (anything with a slash), which is only checked.
    ///   - package: The Debian package to name when the program is missing.
    ///   - path: The PATH to search, ours by default.
    /// - Returns: The path of an executable file.
    /// - Throws: `LocalServerError` with `.missingExecutable`.
    static func find(
        _ name: String,
        package: String? = nil,
        path: String? = ProcessInfo.processInfo.environment["PATH"]
    ) throws(LocalServerError) -> String {
        if name.contains("/") {
            guard isExecutable(name) else {
                throw LocalServerError(.missingExecutable, "There is no program at \(name).")
            }
            // Absolute, since the child may be given another working directory.
            return URL(fileURLWithPath: name).path
        }
        let folders = (path ?? "").split(separator: ":").map(String.init) + systemFolders
        for folder in folders where isExecutable("\(folder)/\(name)") {
            return "\(folder)/\(name)"
        }
        let remedy = package.map { " Install it with: apt install \($0)" } ?? ""
        throw LocalServerError(.missingExecutable, "The program \(name) is not installed.\(remedy)")
    }

    private static func isExecutable(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && access(path, X_OK) == 0
    }
}
