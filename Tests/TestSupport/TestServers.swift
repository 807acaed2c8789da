import Foundation
import Glibc
public import LocalServers

/// A real `redis-server` for a test: one that all tests share, or one of the test's own.
///
/// Servers die with the test process, and their folders go with it. When the program is not installed, the test fails
/// with an error that names the package; it is never skipped.
public final class TestRedis: Sendable {
    /// The number of the database that belongs to this call alone.
    public let database: Int
    /// The loopback TCP port.
    public let port: Int
    /// The Unix socket.
    public let socketPath: String

    private let server: RedisServer
    private let isShared: Bool

    private init(server: RedisServer, database: Int, isShared: Bool) throws {
        guard let port = server.port else { throw TestServerError("The Redis of the tests has no TCP port.") }
        self.server = server
        self.database = database
        self.port = port
        self.isShared = isShared
        socketPath = server.socketPath
    }

    private static let databases = 512
    private static let nextDatabase = Counter()
    private static let sharedServer = Task {
        try await launch(RedisServer.Options(listener: .freePort, durability: .none, databases: databases))
    }

    /// The server of the whole test process, started at the first call, with the next unused database of its 512.
    public static func shared() async throws -> TestRedis {
        let server = try await sharedServer.value
        let number = nextDatabase.next()
        guard number < databases else {
            throw TestServerError("All \(databases) databases of the shared Redis are taken.")
        }
        return try TestRedis(server: server, database: number, isShared: true)
    }

    /// A server of the test's own, which it may kill.
    ///
    /// `arguments` are added for `redis-server`. Only when `durable` does the data survive `kill()`.
    public static func start(arguments: [String] = [], durable: Bool = false) async throws -> TestRedis {
        let options = RedisServer.Options(
            listener: .freePort,
            durability: durable ? .always : .none,
            extraArguments: arguments
        )
        return try TestRedis(server: try await launch(options), database: 0, isShared: false)
    }

    private static func launch(_ options: RedisServer.Options) async throws -> RedisServer {
        var options = options
        options.deathSignal = .kill
        let folder = try TestFolders.make()
        let server = try await RedisServer.start(in: folder, options: options)
        TestFolders.killAtExit { server.child }
        return server
    }

    /// The process id; nil when it does not run.
    public var pid: Int32? { server.pid }

    /// The process of the moment, to suspend or to signal it.
    public func process() throws -> ChildProcess {
        try requireOwn()
        guard let child = server.child else { throw TestServerError("The server was never started.") }
        return child
    }

    /// Ends the server with SIGKILL; only for a server of the test's own.
    public func kill() async throws {
        try requireOwn()
        await server.kill()
    }

    /// Starts the server again on its data, port and socket, if it does not run.
    public func restart() async throws {
        try requireOwn()
        try await server.restart()
    }

    /// Ends the server cleanly; only for a server of the test's own.
    public func stop() async throws {
        try requireOwn()
        await server.stop()
    }

    private func requireOwn() throws {
        if isShared { throw TestServerError("The shared Redis belongs to all tests: use TestRedis.start().") }
    }
}

/// A real `mariadbd` for a test, as ``TestRedis`` is a real Redis.
public final class TestMariaDB: Sendable {
    /// The database that belongs to this call alone.
    public let database: String
    /// A user with all rights on that database, and none elsewhere.
    public let user: String
    /// The password of ``user``.
    public let password: String
    /// The loopback TCP port.
    public let port: Int
    /// The Unix socket.
    public let socketPath: String
    /// The Unix socket through which `root`, without a password, may do everything: the same as ``socketPath``.
    public var rootSocket: String { socketPath }

    private let server: MariaDBServer
    private let isShared: Bool

    private init(server: MariaDBServer, database: String, account: MariaDBCredentials.Account, isShared: Bool) throws {
        guard let port = server.port else { throw TestServerError("The MariaDB of the tests has no TCP port.") }
        self.server = server
        self.database = database
        self.port = port
        self.isShared = isShared
        user = account.user
        password = account.password
        socketPath = server.socketPath
    }

    private static let nextSchema = Counter()
    private static let sharedServer = Task { try await launch(arguments: []) }
    /// An initialised data folder, made once: copying it takes a tenth of the time.
    private static let template = Task {
        let folder = try TestFolders.make()
        try await MariaDBServer.initialise(in: folder)
        return folder
    }

    /// The server of the whole test process, started at the first call, with a fresh database and a user for it.
    public static func shared() async throws -> TestMariaDB {
        let server = try await sharedServer.value
        let name = "test_\(nextSchema.next())"
        let password = "secret-of-\(name)"
        try await execute(
            """
            CREATE DATABASE \(name) CHARACTER SET utf8mb4;
            CREATE USER '\(name)'@'%' IDENTIFIED BY '\(password)';
            GRANT ALL PRIVILEGES ON \(name).* TO '\(name)'@'%';
            """,
            on: server
        )
        let account = MariaDBCredentials.Account(user: name, password: password)
        return try TestMariaDB(server: server, database: name, account: account, isShared: true)
    }

    /// A server of the test's own, which it may kill; committed rows survive that.
    ///
    /// `arguments` are added for `mariadbd`.
    public static func start(arguments: [String] = []) async throws -> TestMariaDB {
        let server = try await launch(arguments: arguments)
        return try TestMariaDB(
            server: server,
            database: server.database,
            account: server.credentials.migration,
            isShared: false
        )
    }

    private static func launch(arguments: [String]) async throws -> MariaDBServer {
        let folder = try TestFolders.make()
        let template = try await template.value
        for name in try FileManager.default.contentsOfDirectory(atPath: template.path) {
            try FileManager.default.copyItem(
                at: template.appendingPathComponent(name),
                to: folder.appendingPathComponent(name)
            )
        }
        let options = MariaDBServer.Options(
            listener: .freePort,
            durability: .none,
            extraArguments: arguments,
            deathSignal: .kill
        )
        let server = try await MariaDBServer.start(in: folder, options: options)
        TestFolders.killAtExit { server.child }
        return server
    }

    /// Runs SQL statements as `root`, with the stock client.
    public func executeAsRoot(_ sql: String) async throws {
        try await Self.execute(sql, on: server)
    }

    private static func execute(_ sql: String, on server: MariaDBServer) async throws {
        let client = ChildProcess.Launch(
            "mariadb",
            ["--no-defaults", "--socket=\(server.socketPath)", "--user=root", "--execute=\(sql)"]
        )
        let finished = try await ChildProcess.run(client, within: .seconds(60))
        guard finished.exit == .code(0) else {
            throw TestServerError("mariadb ended with \(finished.exit): \(finished.standardError)")
        }
    }

    /// The process id; nil when it does not run.
    public var pid: Int32? { server.pid }

    /// The process of the moment, to suspend or to signal it.
    public func process() throws -> ChildProcess {
        try requireOwn()
        guard let child = server.child else { throw TestServerError("The server was never started.") }
        return child
    }

    /// Ends the server with SIGKILL; only for a server of the test's own.
    public func kill() async throws {
        try requireOwn()
        await server.kill()
    }

    /// Starts the server again on its data, port and socket, if it does not run.
    public func restart() async throws {
        try requireOwn()
        try await server.restart()
    }

    /// Ends the server cleanly; only for a server of the test's own.
    public func stop() async throws {
        try requireOwn()
        await server.stop()
    }

    private func requireOwn() throws {
        if isShared { throw TestServerError("The shared MariaDB belongs to all tests: use TestMariaDB.start().") }
    }
}

/// A server of the tests was misused, or a helper program failed.
public struct TestServerError: Error, CustomStringConvertible {
    /// What happened.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
