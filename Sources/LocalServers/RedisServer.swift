public import Foundation
import Glibc

/// A private `redis-server` whose data lies in a folder of ours.
public final class RedisServer: Sendable {
    /// How to run it.
    public struct Options: Sendable {
        /// Where it listens beside its Unix socket.
        public var listener: LocalListener
        /// What its data survives.
        public var durability: Durability
        /// The default user's password; nil for none.
        public var password: String?
        /// How many databases it has.
        public var databases: Int
        /// A folder with a `redis.conf` to use as the durable profile, in place of the embedded one.
        public var configDirectory: URL?
        /// More arguments for `redis-server`; they win over everything else.
        public var extraArguments: [String]
        /// What the kernel sends it when we die.
        public var deathSignal: ChildProcess.DeathSignal

        /// A durable server without TCP port and password.
        public init(
            listener: LocalListener = .socketOnly,
            durability: Durability = .always,
            password: String? = nil,
            databases: Int = 16,
            configDirectory: URL? = nil,
            extraArguments: [String] = [],
            deathSignal: ChildProcess.DeathSignal = .terminate
        ) {
            self.listener = listener
            self.durability = durability
            self.password = password
            self.databases = databases
            self.configDirectory = configDirectory
            self.extraArguments = extraArguments
            self.deathSignal = deathSignal
        }
    }

    /// The Unix socket it listens on.
    public let socketPath: String
    /// The loopback TCP port it listens on; nil for none.
    public let port: Int?
    /// Its log.
    public var logFile: String { process.logFile }

    private let process: ServerProcess
    private let sockets: SocketFolder

    /// Starts `redis-server` on the data in `directory`, and waits until it answers PING.
    ///
    /// The folder is made if need be, and closed to other users.
    /// - Throws: `LocalServerError`, with the last lines of the server's log where it has spoken.
    public static func start(in directory: URL, options: Options = Options()) async throws -> RedisServer {
        try await options.listener.starting {
            let server = try RedisServer(directory: directory.path, options: options)
            try await server.restart()
            return server
        }
    }

    private init(directory: String, options: Options) throws {
        let program = try Executable.find("redis-server", package: "redis-server")
        try PrivateFiles.makeFolder(directory)
        let sockets = try SocketFolder(in: directory, for: "redis.sock")
        let socketPath = "\(sockets.path)/redis.sock"
        let port = try options.listener.resolve()
        // A file, not arguments: the password must not show in the process list.
        let configuration = "\(directory)/redis.conf"
        try PrivateFiles.write(
            Self.configuration(directory: directory, socketPath: socketPath, port: port, options: options),
            to: configuration
        )
        let hello = Self.hello(password: options.password)
        self.sockets = sockets
        self.socketPath = socketPath
        self.port = port
        process = ServerProcess(
            name: "redis-server",
            launch: ChildProcess.Launch(
                program,
                [configuration] + options.extraArguments,
                workingDirectory: directory,
                deathSignal: options.deathSignal
            ),
            logFile: "\(directory)/redis.log",
            // A million waiting users load in about a second; a slow disk gets a minute.
            startDeadline: .seconds(60),
            isReady: { await SocketProbe.ask(socketPath, request: hello).map(Self.isAnswer) ?? false }
        )
    }

    /// The process id; nil when it does not run.
    public var pid: Int32? { child.flatMap { $0.isRunning ? $0.pid : nil } }

    /// The process of the moment.
    public var child: ChildProcess? { process.process }

    /// Starts it again on the same data, socket and port, if it does not run.
    public func restart() async throws {
        try await process.start()
    }

    /// Ends it cleanly (SIGTERM), by force after `deadline`.
    public func stop(within deadline: Duration = .seconds(10)) async {
        await process.terminate(within: deadline)
        sockets.remove()
    }

    /// Ends it with SIGKILL; `restart()` brings it back.
    public func kill() async {
        await process.kill()
    }
}

extension RedisServer {
    /// The text of its configuration file: the profile, then what is particular to this server.
    private static func configuration(
        directory: String,
        socketPath: String,
        port: Int?,
        options: Options
    ) throws -> String {
        var lines: [String] = []
        switch options.durability {
        case .always: lines.append(try options.configDirectory.map(readProfile) ?? durableProfile)
        case .none: lines += ["appendonly no", #"save """#, "maxmemory-policy noeviction"]
        }
        lines += [
            "daemonize no",
            "bind 127.0.0.1",
            "port \(port ?? 0)",
            "unixsocket \(quoted(socketPath))",
            "unixsocketperm 700",
            "databases \(options.databases)",
            "dir \(quoted(directory))",
        ]
        if let password = options.password { lines.append("requirepass \(quoted(password))") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func readProfile(in folder: URL) throws -> String {
        try PrivateFiles.read(folder.appendingPathComponent("redis.conf").path)
    }

    /// As redis.conf quotes: `"…"`, with `\` before `\` and `"`.
    private static func quoted(_ text: String) -> String {
        let escaped = text.replacingOccurrences(of: #"\"#, with: #"\\"#).replacingOccurrences(of: "\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// AUTH if there is a password, then PING, in the Redis protocol.
    private static func hello(password: String?) -> [UInt8] {
        let commands = (password.map { [["AUTH", $0]] } ?? []) + [["PING"]]
        let text = commands.map { words in
            "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        }
        return Array(text.joined().utf8)
    }

    /// Any answer will do, "you may not" included, but for the one that the data is still being loaded.
    private static func isAnswer(_ bytes: [UInt8]) -> Bool {
        !String(decoding: bytes, as: UTF8.self).contains("-LOADING")
    }
}
