public import Foundation
import Glibc

extension MariaDBServer {
    /// Makes the data of a new server in its folder, once; `start(in:options:)` does it by itself.
    ///
    /// Made beside its place and moved there when it is whole: one that was interrupted is never used.
    /// - Throws: `LocalServerError`, with the last lines of what the installer said.
    public static func initialise(in folder: URL) async throws {
        let directory = folder.path
        let data = dataFolder(in: directory)
        guard !FileManager.default.fileExists(atPath: data) else { return }
        let program = try Executable.find("mariadb-install-db", package: "mariadb-server")
        let draft = "\(data).new"
        try? FileManager.default.removeItem(atPath: draft)
        try PrivateFiles.makeFolder(directory)
        let temporary = try makeTemporaryFolder(in: directory)
        let arguments =
            ["--no-defaults", "--datadir=\(draft)", "--tmpdir=\(temporary)", "--skip-test-db", "--skip-name-resolve"]
            // A small log: the first start makes one of the right size.
            + ["--auth-root-authentication-method=normal", "--innodb-log-file-size=4M"] + userArguments
        let installer = try await ChildProcess.run(ChildProcess.Launch(program, arguments), within: .seconds(120))
        guard installer.exit == .code(0) else {
            let said = lastLines(of: installer.standardOutput + installer.standardError)
            throw LocalServerError(.exited, "mariadb-install-db ended with \(installer.exit).\n\(said)")
        }
        guard rename(draft, data) == 0 else {
            throw LocalServerError(.badFile, "\(draft) cannot be moved: \(String(cString: strerror(errno)))")
        }
    }

    /// The folder of the tables, inside the server's folder.
    static func dataFolder(in directory: String) -> String { "\(directory)/data" }

    /// Makes the folder for the server's temporary tables.
    ///
    /// Never the system's: a server that starts removes all temporary tables it finds, another server's included.
    static func makeTemporaryFolder(in directory: String) throws -> String {
        let path = "\(directory)/tmp"
        try PrivateFiles.makeFolder(path)
        return path
    }

    /// The statements the server runs at each start, before it accepts connections.
    static func accountsFile(in directory: String) -> String { "\(directory)/accounts.sql" }

    /// `mariadbd` refuses to run as root unless it is told so twice.
    static var userArguments: [String] { geteuid() == 0 ? ["--user=root"] : [] }

    /// The accounts kept in the folder.
    static func readCredentials(in directory: String) throws -> MariaDBCredentials {
        let path = credentialsFile(in: directory)
        let text = try PrivateFiles.read(path)
        do {
            return try JSONDecoder().decode(MariaDBCredentials.self, from: Data(text.utf8))
        } catch {
            throw LocalServerError(.badFile, "\(path) does not hold the server's accounts: \(error)")
        }
    }

    /// The accounts kept in the folder, made up at the first start.
    static func makeCredentials(in directory: String) throws -> MariaDBCredentials {
        let path = credentialsFile(in: directory)
        if FileManager.default.fileExists(atPath: path) { return try readCredentials(in: directory) }
        let credentials = MariaDBCredentials.random()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try PrivateFiles.write(String(decoding: encoder.encode(credentials), as: UTF8.self) + "\n", to: path)
        return credentials
    }

    private static func credentialsFile(in directory: String) -> String { "\(directory)/credentials.json" }

    /// The SQL that makes database and accounts, or sees that they are as they should be; one statement a line.
    static func accountStatements(_ credentials: MariaDBCredentials, database: String) -> String {
        // In a GRANT, _ stands for any character.
        let pattern = database.replacingOccurrences(of: "_", with: #"\_"#)
        var lines = [
            "CREATE DATABASE IF NOT EXISTS `\(database)` CHARACTER SET utf8mb4;",
            // The installer's other root accounts have no password either, and could be reached over TCP.
            "DELETE FROM mysql.global_priv WHERE User IN ('root', '') AND Host <> 'localhost';",
            "FLUSH PRIVILEGES;",
        ]
        let grants = [
            (credentials.application, "SELECT, INSERT, UPDATE, DELETE"), (credentials.migration, "ALL PRIVILEGES"),
        ]
        for (account, privileges) in grants {
            let name = "'\(account.user)'@'%'"
            lines += [
                "CREATE USER IF NOT EXISTS \(name);",
                "ALTER USER \(name) IDENTIFIED BY '\(account.password)';",
                "GRANT \(privileges) ON `\(pattern)`.* TO \(name);",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The text of its option file: the profile, then what is particular to this server.
    static func configuration(
        directory: String,
        socketPath: String,
        port: Int?,
        options: Options
    ) throws -> String {
        let profile =
            switch options.durability {
            case .always: try options.configDirectory.map(readProfile) ?? durableProfile
            case .none: testProfile
            }
        let place = [
            "datadir = \(quoted(dataFolder(in: directory)))",
            "tmpdir = \(quoted(try makeTemporaryFolder(in: directory)))",
            "socket = \(quoted(socketPath))",
            "pid_file = \(quoted("\(directory)/mariadb.pid"))",
            "init_file = \(quoted(accountsFile(in: directory)))",
            "bind_address = 127.0.0.1",
            port.map { "port = \($0)" } ?? "skip_networking",
        ]
        return "\(profile)\n[mariadbd]\n\(place.joined(separator: "\n"))\n"
    }

    private static func readProfile(in folder: URL) throws -> String {
        try PrivateFiles.read(folder.appendingPathComponent("mariadb.cnf").path)
    }

    /// As option files quote: `"…"`, with `\` before `\` and `"`.
    private static func quoted(_ text: String) -> String {
        let escaped = text.replacingOccurrences(of: #"\"#, with: #"\\"#).replacingOccurrences(of: "\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// The durable profile's rules without its disk traffic and memory.
    ///
    /// A killed process still loses nothing: the log is handed to the kernel at each commit.
    private static var testProfile: String {
        let changes = """
            innodb_flush_log_at_trx_commit = 2
            innodb_doublewrite = OFF
            innodb_flush_method = nosync
            sync_frm = OFF
            innodb_buffer_pool_size = 32M
            innodb_log_file_size = 16M
            aria_pagecache_buffer_size = 4M
            key_buffer_size = 1M
            max_connections = 500
            """
        return "\(durableProfile)\n[mariadbd]\n\(changes)\n"
    }
}
