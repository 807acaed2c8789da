public import Foundation
import Glibc

/// A private `mariadbd` whose data lies in a folder of ours.
///
/// `root@localhost` has no password: it can be reached only through the Unix socket, in a folder that is closed to
/// other users. Over TCP there are the accounts of ``credentials`` alone.
public final class MariaDBServer: Sendable {
    /// How to run it.
    public struct Options: Sendable {
        /// Where it listens beside its Unix socket.
        public var listener: LocalListener
        /// What its data survives.
        public var durability: Durability
        /// The database to make, of `a–z 0–9 _`.
        public var database: String
        /// A folder with a `mariadb.cnf` to use as the durable profile, in place of the embedded one.
        public var configDirectory: URL?
        /// More arguments for `mariadbd`; they win over everything else.
        public var extraArguments: [String]
        /// What the kernel sends it when we die.
        public var deathSignal: ChildProcess.DeathSignal

        /// A durable server without TCP port, with a database called `flashsale`.
        public init(
            listener: LocalListener = .socketOnly,
            durability: Durability = .always,
            database: String = "flashsale",
            configDirectory: URL? = nil,
            extraArguments: [String] = [],
            deathSignal: ChildProcess.DeathSignal = .terminate
        ) {
            self.listener = listener
            self.durability = durability
            self.database = database
            self.configDirectory = configDirectory
            self.extraArguments = extraArguments
            self.deathSignal = deathSignal
        }
    }

    /// The Unix socket it listens on.
    public let socketPath: String
    /// The loopback TCP port it listens on; nil for none.
    public let port: Int?
    /// The database that was made for the accounts of ``credentials``.
    public let database: String
    /// Its accounts, kept in `credentials.json` in its folder.
    public let credentials: MariaDBCredentials
    /// Its log.
    public var logFile: String { process.logFile }

    private let process: ServerProcess
    private let sockets: SocketFolder

    /// Starts `mariadbd` on the data in `directory`, and waits until it greets.
    ///
    /// The first time, the data is made, which takes a few seconds.
    /// The folder is made if need be, and closed to other users.
    /// - Throws: `LocalServerError`, with the last lines of the server's log where it has spoken.
    public static func start(in directory: URL, options: Options = Options()) async throws -> MariaDBServer {
        try await options.listener.starting {
            let server = try MariaDBServer(directory: directory.path, options: options)
            try await initialise(in: directory)
            try await server.restart()
            return server
        }
    }

    private init(directory: String, options: Options) throws {
        let program = try Executable.find("mariadbd", package: "mariadb-server")
        guard options.database.wholeMatch(of: #/[a-z0-9_]{1,64}/#) != nil else {
            throw LocalServerError(.badOption, "\(options.database) is not a database name of a–z, 0–9 and _.")
        }
        try PrivateFiles.makeFolder(directory)
        let sockets = try SocketFolder(in: directory, for: "mariadb.sock")
        let socketPath = "\(sockets.path)/mariadb.sock"
        let port = try options.listener.resolve()
        credentials = try Self.makeCredentials(in: directory)
        try PrivateFiles.write(
            Self.accountStatements(credentials, database: options.database),
            to: Self.accountsFile(in: directory)
        )
        let configuration = "\(directory)/mariadb.cnf"
        try PrivateFiles.write(
            Self.configuration(directory: directory, socketPath: socketPath, port: port, options: options),
            to: configuration
        )
        self.sockets = sockets
        self.socketPath = socketPath
        self.port = port
        database = options.database
        process = ServerProcess(
            name: "mariadbd",
            launch: ChildProcess.Launch(
                program,
                ["--defaults-file=\(configuration)"] + Self.userArguments + options.extraArguments,
                deathSignal: options.deathSignal
            ),
            logFile: "\(directory)/mariadb.log",
            startDeadline: .seconds(60),
            isReady: { await SocketProbe.ask(socketPath).map(Self.isGreeting) ?? false }
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
    public func stop(within deadline: Duration = .seconds(30)) async {
        await process.terminate(within: deadline)
        sockets.remove()
    }

    /// Ends it with SIGKILL; `restart()` brings it back.
    public func kill() async {
        await process.kill()
    }

    /// The first packet of the protocol: three bytes of length, a number, then protocol version 10.
    private static func isGreeting(_ bytes: [UInt8]) -> Bool {
        bytes.count > 4 && bytes[4] == 10
    }
}
