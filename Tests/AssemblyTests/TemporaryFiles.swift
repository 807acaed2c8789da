import Foundation

/// Runs `body` with the path of a file that holds `text`, and removes it afterwards.
func withFile<R>(_ text: String, _ body: (String) throws -> R) throws -> R {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("flashsale-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(text.utf8).write(to: url)
    return try body(url.path)
}

/// The text of a file of the project.
func projectFile(_ path: String, from file: String = #filePath) throws -> String {
    let root = URL(fileURLWithPath: file).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
}
