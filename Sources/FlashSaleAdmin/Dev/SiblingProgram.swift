import Foundation
import Glibc

/// The programs that are built together with this one.
enum SiblingProgram {
    /// The path of the program `name` in the folder of our own executable.
    ///
    /// - Throws: ``CommandFailure`` that says how to build it.
    static func path(_ name: String, beside executable: String? = nil) throws(CommandFailure) -> String {
        let own = executable ?? (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let path = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name).path
        guard access(path, X_OK) == 0 else {
            throw .refused("There is no \(path). Build it: swift build -c release --product \(name)")
        }
        return path
    }
}
