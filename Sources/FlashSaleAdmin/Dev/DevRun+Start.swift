import Assembly
import FlashSale
import FlashSaleStorage
import Foundation
import LocalServers
import Resilience

extension DevRun {
    /// Starts everything, in order, and prints what to try once all of it is ready.
    ///
    /// Whatever was started is in the fleet, also when this throws.
    func start(_ programs: Programs, _ lock: DataFolder) async throws {
        for orphan in try await lock.stopOrphans() {
            say("Stopped \(orphan.name) (process \(orphan.pid)), which an earlier run had left behind.")
        }
        if options.isFresh { try folder.removeData() }
        let port = try await PortCheck.resolve(options.port, host: programs.apiHost)
        var state = try await startStores()
        try lock.save(state)
        let stores = DataFolderSettings(state, try state.credentials())
        let product = try await prepareDatabase(state)
        let console = try await DevConsole(
            key: OperatorKeyFile.key(in: folder.url),
            keyFile: folder.url.appendingPathComponent(OperatorKeyFile.name).path,
            apiPort: port
        )
        try await startPrograms(programs, port: port, console: console, stores: stores)
        state.processes = fleet.records
        state.httpPort = port
        try lock.save(state)
        let apiURL = APIExamples.url(host: programs.apiHost, port: port)
        var greeting = Greeting(options: options, state: state, product: product, apiURL: apiURL, console: console)
        greeting.hasPages = try settings.apiConfiguration().pages.isEnabled
        say(greeting.text)
    }

    /// Both servers at once, each in the fleet as soon as it answers.
    private func startStores() async throws -> DataFolderState {
        if !options.isRedisDurable { say("Warning: --no-aof: Redis forgets the line when it ends.") }
        say(
            folder.isNew
                ? "Making a new database in \(options.dataFolder), which takes a moment…"
                : "Starting Redis and MariaDB…"
        )
        async let redisStarted = startRedis()
        async let mariadbStarted = startMariaDB()
        let (redis, mariadb) = try await (redisStarted, mariadbStarted)
        guard let holder = ProcessRecord(name: "flashsale", pid: getpid()) else {
            throw CommandFailure.refused(
                "/proc cannot be read: flashsale dev needs it to tell its processes from others."
            )
        }
        return DataFolderState(
            holder: holder,
            processes: fleet.records,
            redisSocket: redis.socketPath,
            mariadbSocket: mariadb.socketPath,
            database: mariadb.database,
            mariadbFolder: folder.mariadb.path
        )
    }

    private func startRedis() async throws -> RedisServer {
        let server = try await RedisServer.start(
            in: folder.redis,
            options: RedisServer.Options(durability: options.isRedisDurable ? .always : .none)
        )
        add(server.child, "redis", .redis, log: server.logFile) { await server.stop(within: $0) }
        return server
    }

    private func startMariaDB() async throws -> MariaDBServer {
        let server = try await MariaDBServer.start(in: folder.mariadb)
        add(server.child, "mariadb", .mariadb, log: server.logFile) { await server.stop(within: $0) }
        return server
    }

    private func add(
        _ child: ChildProcess?,
        _ name: String,
        _ stage: Fleet.Stage,
        log: String,
        stop: @escaping @Sendable (Duration) async -> Void
    ) {
        guard let child else { return }
        let lastLines: @Sendable () -> [String] = {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").suffix(10).map(String.init)
        }
        fleet.add(.init(name: name, stage: stage, child: child, stop: stop, lastLines: lastLines))
    }

    /// Migrates and seeds.
    ///
    /// - Returns: The sample product.
    private func prepareDatabase(_ state: DataFolderState) async throws -> Product {
        let stores = CommandStores(try Assembly.CommandConfiguration.load(for: state))
        let applied = try await stores.withSchemaRights(redis: .none) { stores in
            try await Migrator(database: stores.database).migrate()
        }
        if !applied.isEmpty { say(MigrateCommand.text(applied)) }
        let checkout = options.checkout
        let (product, change) = try await stores.withAdministration(redis: .required) {
            try await SampleProduct.seed($0, checkout: checkout)
        }
        if change != nil { say("Created product \(product.id): \(product.name), \(product.totalStock) units.") }
        return product
    }
}

extension Assembly.CommandConfiguration {
    /// The configuration of a command that works on these stores, whatever environment and file say.
    fileprivate static func load(for state: DataFolderState) throws -> Assembly.CommandConfiguration {
        let settings = DataFolderSettings(state, try state.credentials())
        return try load(
            ConfigurationSources(
                arguments: settings.plain.map { "--\($0.key)=\($0.value)" },
                environment: settings.passwords.merging(settings.migration) { $1 }
            )
        )
    }
}
