import AsyncHTTPClient
import FlashSaleStorage
import Foundation
import LocalServers
import Logging
import MariaDB
import NIOCore
import NIOHTTP1
import Redis
import TestSupport
import Testing

/// A whole shop: private stores, and the real binaries as processes of their own.
struct RunningShop: Sendable {
    let redis: TestRedis
    let mariadb: TestMariaDB
    let stores: Stores
    let http: HTTPClient
    let port: Int
    let fleet: Fleet

    /// Starts the API and so many workers on stores that nobody else uses, and stops them after the body.
    static func with(
        workers: Int,
        environment: [String: String] = [:],
        ownRedis: Bool = false,
        port: Int? = nil,
        _ body: @Sendable @escaping (RunningShop) async throws -> Void
    ) async throws {
        let redis = ownRedis ? try await TestRedis.start(durable: true) : try await TestRedis.shared()
        let mariadb = try await TestMariaDB.shared()
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
        if case .failure(let error) = outcome { throw ShopFailure(cause: error, log: shop.fleet.log) }
    }

    /// Starts the API and waits until it is ready.
    @discardableResult
    func startAPI() async throws -> ChildProcess {
        let api = try await fleet.start("flashsale-api", ["http.port": "\(port)"])
        try await eventually("the API is ready") { try await get("/ready").status.code == 200 }
        return api
    }

    /// Starts a worker and waits until it is ready.
    @discardableResult
    func startWorker() async throws -> ChildProcess {
        let health = try LoopbackPort.free()
        let worker = try await fleet.start("flashsale-worker", ["worker.health-port": "\(health)"])
        try await eventually("a worker is ready") {
            try await send(.get, "/ready", port: health).status.code == 200
        }
        return worker
    }

    /// Creates a product with the command line, as an operator does, and returns its number.
    func createProduct(stock: Int, _ options: [String] = []) async throws -> Int {
        let arguments = ["product", "create", "--name", "Shoe", "--stock", "\(stock)", "--price", "99.99", "--json"]
        let run = try await fleet.run("flashsale", arguments + options)
        guard run.exit == .code(0) else { throw ShopFailure(cause: nil, log: run.standardError) }
        let product = try JSONDecoder().decode(Created.self, from: Data(run.standardOutput.utf8))
        return product.id
    }

    private struct Created: Decodable { let id: Int }

    func join(_ product: Int, _ user: String, quantity: Int = 1) async throws -> Answer {
        try await send(
            .post,
            "/api/products/\(product)/queue",
            body: #"{"user_id":"\#(user)","quantity":\#(quantity)}"#
        )
    }

    func standing(_ product: Int, _ user: String) async throws -> Answer {
        try await get("/api/products/\(product)/queue/\(user)")
    }

    func get(_ path: String) async throws -> Answer { try await send(.get, path) }

    func send(_ method: HTTPMethod, _ path: String, body: String? = nil, port: Int? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port ?? self.port)\(path)")
        request.method = .RAW(value: method.rawValue)
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await http.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        return Answer(status: .init(code: Int(response.status.code)), headers: headers, text: String(buffer: bytes))
    }

    enum HTTPMethod: String {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    func count(_ sql: String) async throws -> Int {
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
            logger: logger
        )
    }

    static func storeEnvironment(_ redis: TestRedis, _ mariadb: TestMariaDB) -> [String: String] {
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
struct Answer: Sendable {
    struct Status: Sendable { let code: Int }

    let status: Status
    let headers: [String: String]
    let text: String

    /// A field of the JSON document, as text.
    subscript(_ field: String) -> String? {
        let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return object?[field].map { "\($0)" }
    }
}

/// What went wrong, with what the processes said.
struct ShopFailure: Error, CustomStringConvertible {
    let cause: (any Error)?
    let log: String

    var description: String { "\(cause.map { "\($0)" } ?? "failed")\n\(log)" }
}
