import Foundation
import LocalServers
import TestSupport

/// A private nginx with the file that is shipped for it: only the three values that it says to change are changed.
struct Nginx {
    struct Missing: Error, CustomStringConvertible {
        var description: String { "nginx is not installed: apt-get install --no-install-recommends nginx" }
    }

    let port: Int
    private let process: ChildProcess
    private let folder: URL

    /// Starts nginx in front of an API, and waits until it listens.
    static func start(before api: Int) async throws -> Nginx {
        let places = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx", "/usr/local/bin/nginx"]
        guard let program = places.first(where: FileManager.default.isExecutableFile) else { throw Missing() }
        let port = try LoopbackPort.free()
        let folder = FileManager.default.temporaryDirectory.appending(path: "flashsale-nginx-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let shipped = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../deploy/nginx/flashsale.conf"
        )
        let site = try changed(
            try String(contentsOf: shipped, encoding: .utf8),
            [
                "/var/cache/nginx/flashsale": folder.appending(path: "cache").path,
                "127.0.0.1:8080": "127.0.0.1:\(api)",
                "listen 80;": "listen 127.0.0.1:\(port);",
            ]
        )
        try site.write(to: folder.appending(path: "flashsale.conf"), atomically: true, encoding: .utf8)
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder.path)/\($0);" }.joined(separator: " ")
        try """
        daemon off; master_process off; pid \(folder.path)/pid; error_log \(folder.path)/error.log;
        events { worker_connections 256; }
        http { access_log off; \(temporary) include \(folder.path)/flashsale.conf; }
        """.write(to: folder.appending(path: "nginx.conf"), atomically: true, encoding: .utf8)
        let process = try await ChildProcess.start(
            ChildProcess.Launch(
                program,
                ["-p", folder.path, "-e", "\(folder.path)/error.log", "-c", "\(folder.path)/nginx.conf"],
                standardOutput: .file("\(folder.path)/output.log"),
                standardError: .file("\(folder.path)/output.log"),
                deathSignal: .kill
            )
        )
        let nginx = Nginx(port: port, process: process, folder: folder)
        try await eventually("nginx listens") {
            guard process.isRunning else { return false }
            guard let descriptor = try? blockingConnection(port: port) else { return false }
            close(descriptor)
            return true
        }
        return nginx
    }

    /// Ends nginx and removes its files.
    func stop() async throws {
        _ = await process.kill()
        try FileManager.default.removeItem(at: folder)
    }

    private struct NotFound: Error { let text: String }

    private static func changed(_ text: String, _ values: [String: String]) throws -> String {
        try values.reduce(text) { text, value in
            guard text.components(separatedBy: value.key).count == 2 else { throw NotFound(text: value.key) }
            return text.replacing(value.key, with: value.value)
        }
    }
}
