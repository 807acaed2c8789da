public import AsyncHTTPClient
public import FlashSaleStorage
import Foundation
public import LocalServers
import Logging
import MariaDB
import NIOCore
import NIOHTTP1
import Redis
import Resilience
public import TestSupport

/// A whole shop: private stores, and the real binaries as processes of their own.
public struct RunningShop: Sendable {
    /// The line's server.
    public let redis: TestRedis
    /// The books' server.
    public let mariadb: TestMariaDB
    /// Clients on both.
    public let stores: Stores
    /// A client without retries.
    public let http: HTTPClient
    /// Where the API listens.
    public let port: Int
    /// The processes.
    public let fleet: Fleet

    /// Starts the API and so many workers on stores that nobody else uses, and stops them after the body.
    public static func with(
        workers: Int,
        environment: [String: String] = [:],
        ownRedis: Bool = false,
        ownMariaDB: Bool = false,
        port: Int? = nil,
        _ body: @Sendable @escaping (RunningShop) async throws -> Void
    ) async throws {
        let redis = ownRedis ? try await TestRedis.start(durable: true) : try await TestRedis.shared()
        let mariadb = ownMariaDB ? try await TestMariaDB.start() : try await TestMariaDB.shared()
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: clientConfiguration)
        let shop = RunningShop(
            redis: redis,
            mariadb: mariadb,
            stores: clients(redis, mariadb),
            http: http,
            port: try port ?? LoopbackPort.free(),
            fleet: Fleet(environment: environment.merging(storeEnvironment(redis, mariadb)) { given, _ in given })
        )
        let outcome: Result<Void, any Error>
        do {
            try await shop.stores.whileRunning {
                _ = try await Migrator(database: shop.stores.database).migrate()
                try await shop.startAPI()
                for _ in 0..<workers { try await shop.startWorker() }
                try await body(shop)
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await shop.fleet.stopAll()
        try await http.shutdown()
        if ownRedis { try await redis.stop() }
        if ownMariaDB { try await mariadb.stop() }
        if case .failure(let error) = outcome { throw ShopFailure(cause: error, log: shop.fleet.log) }
    }

    /// Starts an API process and waits until it is ready.
    ///
    /// - Parameters:
    ///   - port: Where it listens; the shop's port unless told otherwise.
    ///   - settings: More settings of this process.
    @discardableResult
    public func startAPI(port: Int? = nil, _ settings: [String: String] = [:]) async throws -> ChildProcess {
        let port = port ?? self.port
        let settings = settings.merging(["http.port": "\(port)"]) { $1 }
        let api = try await fleet.start("flashsale-api", settings)
        try await eventually("the API is ready") { try await send(.get, "/ready", port: port).status.code == 200 }
        return api
    }

    /// Starts a worker and waits until it is ready.
    @discardableResult
    public func startWorker(_ settings: [String: String] = [:]) async throws -> ChildProcess {
        let health = try LoopbackPort.free()
        let worker = try await launchWorker(settings.merging(["worker.health-port": "\(health)"]) { $1 })
        try await eventually("a worker is ready") {
            try await send(.get, "/ready", port: health).status.code == 200
        }
        return worker
    }

    /// Starts a worker, and waits for nothing: it may be about to die.
    public func launchWorker(_ settings: [String: String] = [:]) async throws -> ChildProcess {
        try await fleet.start("flashsale-worker", ["worker.health-port": "0"].merging(settings) { $1 })
    }

    /// Creates a product with the command line, as an operator does, and returns its number.
    public func createProduct(stock: Int, _ options: [String] = []) async throws -> Int {
        let arguments = ["product", "create", "--name", "Shoe", "--stock", "\(stock)", "--price", "99.99", "--json"]
        let run = try await fleet.run("flashsale", arguments + options)
        guard run.exit == .code(0) else { throw ShopFailure(cause: nil, log: run.standardError) }
        let product = try JSONDecoder().decode(Created.self, from: Data(run.standardOutput.utf8))
        return product.id
    }

    private struct Created: Decodable { let id: Int }

    /// Joins a line.
    public func join(_ product: Int, _ user: String, quantity: Int = 1) async throws -> Answer {
        try await send(
            .post,
            "/api/products/\(product)/queue",
            body: #"{"user_id":"\#(user)","quantity":\#(quantity)}"#
        )
    }

    /// Asks where a user stands.
    public func standing(_ product: Int, _ user: String) async throws -> Answer {
        try await get("/api/products/\(product)/queue/\(user)")
    }

    /// Reads a document.
    public func get(_ path: String) async throws -> Answer { try await send(.get, path) }

    /// Sends a request to the API, or to another port.
    public func send(
        _ method: HTTPMethod,
        _ path: String,
        body: String? = nil,
        port: Int? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port ?? self.port)\(path)")
        request.method = .RAW(value: method.rawValue)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await http.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        return Answer(status: .init(code: Int(response.status.code)), headers: headers, text: String(buffer: bytes))
    }

    /// The methods that the API knows.
    public enum HTTPMethod: String {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    /// What `flashsale audit` finds wrong with a product; nothing when both stores agree with every invariant.
    public func auditComplaints(product: Int) async throws -> [String] {
        let audit = try await fleet.run("flashsale", ["audit", "\(product)"])
        return audit.exit == .code(0) ? [] : [audit.standardOutput + audit.standardError]
    }

    /// One number from MariaDB.
    public func count(_ sql: String) async throws -> Int {
        try await stores.database.withConnection { try $0.query(sql).first?.optionalInt(.index(0)) ?? 0 }
    }

    private static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        configuration.timeout.connect = .seconds(60)
        return configuration
    }

    private static func clients(_ redis: TestRedis, _ mariadb: TestMariaDB) -> Stores {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return Stores(
            redis: RedisConfiguration(
                address: .unixSocket(path: redis.socketPath),
                database: redis.database,
                commandTimeout: .seconds(20)
            ),
            mariadb: MariaDBConfiguration(
                address: .unixSocket(path: mariadb.socketPath),
                user: mariadb.user,
                password: mariadb.password,
                database: mariadb.database
            ),
            breakers: .neverOpening,
            logger: logger
        )
    }

    /// The settings of a program that works on these stores.
    public static func storeEnvironment(_ redis: TestRedis, _ mariadb: TestMariaDB) -> [String: String] {
        [
            "FLASHSALE_REDIS_ADDRESS": "unix:\(redis.socketPath)",
            "FLASHSALE_REDIS_DATABASE": "\(redis.database)",
            "FLASHSALE_REDIS_COMMAND_TIMEOUT": "20s",
            "FLASHSALE_MARIADB_ADDRESS": "unix:\(mariadb.socketPath)",
            "FLASHSALE_MARIADB_USER": mariadb.user,
            "FLASHSALE_MARIADB_PASSWORD": mariadb.password,
            "FLASHSALE_MARIADB_DATABASE": mariadb.database,
        ]
    }
}

/// An HTTP answer.
public struct Answer: Sendable {
    /// The status line.
    public struct Status: Sendable {
        /// The three digits.
        public let code: Int
    }

    /// The status.
    public let status: Status
    /// The header fields, by lower-case name.
    public let headers: [String: String]
    /// The body.
    public let text: String

    /// A field of the JSON document, as text.
    public subscript(_ field: String) -> String? {
        let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return object?[field].map { "\($0)" }
    }
}

/// What went wrong, with what the processes said.
public struct ShopFailure: Error, CustomStringConvertible {
    /// What was thrown.
    public let cause: (any Error)?
    /// The last lines of the processes.
    public let log: String

    /// What went wrong.
    public init(cause: (any Error)?, log: String) {
        self.cause = cause
        self.log = log
    }

    /// Everything that helps.
    public var description: String { "\(cause.map { "\($0)" } ?? "failed")\n\(log)" }
}
