import FlashSaleAPI
import Glibc
import Logging
import MariaDB
import Redis
import Testing

@testable import Assembly

@Suite("Typed configurations")
struct ProgramConfigurationTests {
    private func sources(_ arguments: [String] = [], _ environment: [String: String] = [:]) -> ConfigurationSources {
        ConfigurationSources(arguments: arguments, environment: environment, file: "no-such-file.yaml")
    }

    @Test("Without any source, each program has its defaults")
    func defaults() throws {
        let api = try APIConfiguration.load(sources())
        #expect(
            api.http == APIConfiguration.HTTP(host: "127.0.0.1", port: 8080, maxConnections: 24_000, maxInFlight: 2_048)
        )
        #expect(api.profile == .development)
        #expect(api.breaker.failures == 5)
        #expect(api.breaker.openTime == .seconds(30))
        #expect(
            api.line
                == APIConfiguration.Line(
                    rateLimit: 10,
                    cartRenewal: .poll,
                    pollAfter: .seconds(1),
                    pollAfterMost: .seconds(10)
                )
        )
        #expect(api.log == LogSettings())
        #expect(api.redis.address == ServerAddress(.tcp(host: "127.0.0.1", port: 6379)))
        #expect(api.redis.database == 0)
        #expect(api.mariadb.user == "flashsale")
        #expect(api.mariadb.connections == 2)

        let worker = try WorkerConfiguration.load(sources())
        #expect(worker.worker.batchSize == 50)
        #expect(worker.profile == .development)
        #expect(worker.breaker == api.breaker)
        #expect(worker.worker.lease == .seconds(2))
        #expect(worker.worker.healthPort == 8081)
        #expect(worker.worker.id.hasSuffix("-\(getpid())"))
        #expect(worker.mariadb.connections == 4)

        let command = try CommandConfiguration.load(sources())
        #expect(command.migrationUser == nil)
        #expect(command.migrationSettings.user == "flashsale")
    }

    @Test("Every setting of the API arrives in its field")
    func apiFields() throws {
        let arguments = [
            "--http-host=::", "--http-port=0", "--http-max-connections=7", "--line-rate-limit=0",
            "--line-cart-renewal=never", "--line-poll-after=2s", "--log-level=debug", "--log-format=json",
            "--http-max-in-flight=6", "--profile=production", "--breaker-failures=3", "--breaker-open=10s",
            "--events-max-streams=6",
        ]
        let api = try APIConfiguration.load(sources(arguments))
        #expect(api.http == APIConfiguration.HTTP(host: "::", port: 0, maxConnections: 7, maxInFlight: 6))
        #expect(api.maxStreams == 6)
        #expect(api.profile == .production)
        #expect(api.breaker.failures == 3)
        #expect(api.breaker.openTime == .seconds(10))
        #expect(
            api.line
                == APIConfiguration.Line(
                    rateLimit: nil,
                    cartRenewal: .never,
                    pollAfter: .seconds(2),
                    pollAfterMost: .seconds(10)
                )
        )
        #expect(api.log == LogSettings(level: .debug, format: .json))
    }

    @Test("Every setting of the worker arrives in its field")
    func workerFields() throws {
        let arguments = [
            "--worker-batch-size=500", "--worker-id=w1", "--worker-lease=10s", "--worker-max-products=9",
            "--worker-health-host=0.0.0.0", "--worker-health-port=9000", "--profile=production",
            "--breaker-failures=3", "--breaker-open=10s",
        ]
        let configuration = try WorkerConfiguration.load(sources(arguments))
        let worker = configuration.worker
        #expect(configuration.profile == .production)
        #expect(configuration.breaker.failures == 3)
        #expect(configuration.breaker.openTime == .seconds(10))
        let expected = WorkerConfiguration.Worker(
            batchSize: 500,
            id: "w1",
            lease: .seconds(10),
            maxProducts: 9,
            healthHost: "0.0.0.0",
            healthPort: 9000
        )
        #expect(worker == expected)
    }

    @Test("Redis's settings become its client's configuration")
    func redis() throws {
        let arguments = [
            "--redis-address=rediss://cache:6380", "--redis-username=shop", "--redis-database=3",
            "--redis-tls-ca-file=/ca.pem", "--redis-command-timeout=250ms", "--redis-connect-timeout=2s",
            "--redis-max-in-flight=9",
        ]
        let settings = try APIConfiguration.load(sources(arguments, ["FLASHSALE_REDIS_PASSWORD": "p"])).redis
        let client = settings.clientConfiguration(clientName: "api")
        #expect(client.address == .tcp(host: "cache", port: 6380))
        #expect(client.username == "shop")
        #expect(client.password == "p")
        #expect(client.database == 3)
        #expect(client.tls?.caFile == "/ca.pem")
        #expect(client.clientName == "api")
        #expect(client.commandTimeout == .milliseconds(250))
        #expect(client.connectTimeout == .seconds(2))
        #expect(client.maximumInFlight == 9)

        let local = try APIConfiguration.load(sources(["--redis-address=unix:/run/redis.sock"])).redis
        #expect(local.clientConfiguration(clientName: "").address == .unixSocket(path: "/run/redis.sock"))
        #expect(local.clientConfiguration(clientName: "").tls == nil)
    }

    @Test("MariaDB's settings become its client's configuration")
    func mariadb() throws {
        let arguments = [
            "--mariadb-address=mariadb://db", "--mariadb-user=shop", "--mariadb-database=sale", "--mariadb-tls=on",
            "--mariadb-tls-ca-file=/ca.pem", "--mariadb-connections=7",
        ]
        let settings = try WorkerConfiguration.load(sources(arguments, ["FLASHSALE_MARIADB_PASSWORD": "p"])).mariadb
        let client = settings.clientConfiguration(idleTransactionTimeout: .seconds(2))
        #expect(client.address == .tcp(host: "db", port: 3306))
        #expect(client.user == "shop")
        #expect(client.password == "p")
        #expect(client.database == "sale")
        #expect(client.tls == MariaDBConfiguration.TLS(caFile: "/ca.pem"))
        #expect(client.connectionCount == 7)
        #expect(client.idleTransactionTimeout == .seconds(2))

        let local = try WorkerConfiguration.load(sources(["--mariadb-address=unix:/run/db.sock"])).mariadb
        #expect(local.clientConfiguration().address == .unixSocket(path: "/run/db.sock"))
        #expect(local.clientConfiguration().tls == nil)
    }

    @Test("The command may change tables as another user, over one connection")
    func migration() throws {
        let environment = [
            "FLASHSALE_MARIADB_MIGRATION_USER": "owner", "FLASHSALE_MARIADB_MIGRATION_PASSWORD": "p",
            "FLASHSALE_MARIADB_PASSWORD": "other",
        ]
        let command = try CommandConfiguration.load(sources([], environment))
        #expect(command.mariadb.user == "flashsale")
        #expect(command.migrationSettings.user == "owner")
        #expect(command.migrationSettings.password == Secret("p"))
        #expect(command.migrationSettings.connections == 1)
    }

    @Test(
        "Settings that contradict each other are an error",
        arguments: [
            (["--redis-tls-ca-file=/ca.pem"], "redis.address must begin with rediss://"),
            (["--redis-username=shop"], "set redis.password as well"),
            (["--mariadb-tls-ca-file=/ca.pem"], "set mariadb.tls to on"),
        ]
    )
    func contradictions(arguments: [String], message: String) {
        let error = #expect(throws: ConfigurationError.self) { try CommandConfiguration.load(sources(arguments)) }
        #expect(error?.problems.count == 1)
        #expect(error?.description.contains(message) == true)
    }

    @Test("A migration password without its user is an error")
    func migrationPasswordAlone() {
        let environment = ["FLASHSALE_MARIADB_MIGRATION_PASSWORD": "p"]
        let error = #expect(throws: ConfigurationError.self) { try CommandConfiguration.load(sources([], environment)) }
        #expect(error?.problems.first?.key == "mariadb.migration-password")
    }
}
