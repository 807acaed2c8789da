import ArgumentParser
import Assembly
import FlashSale
import Foundation
import Glibc
import LocalServers
import Testing

@testable import FlashSaleAdmin

@Suite("Development run: folder and settings")
struct DevTests {
    private static let drawKey = String(repeating: "ab", count: 32)
    private static let console = DevConsole(key: "a-key-of-the-operator", keyFile: "/d/my key", port: 8090)

    private func options(settings: [String] = []) throws -> DevOptions {
        var options = try parse(DevCommand.self, "dev").options
        options.settings = settings.compactMap { SettingAssignment($0) }
        return options
    }

    private func stores() throws -> DataFolderSettings {
        let state = DataFolderState(
            holder: try #require(ProcessRecord(name: "flashsale", pid: getpid())),
            processes: [],
            redisSocket: "/r.sock",
            mariadbSocket: "/m.sock",
            database: "flashsale",
            mariadbFolder: "/m",
            httpPort: 8080
        )
        let json = #"{"application":{"user":"app","password":"p1"},"migration":{"user":"ddl","password":"p2"}}"#
        return DataFolderSettings(state, try JSONDecoder().decode(MariaDBCredentials.self, from: Data(json.utf8)))
    }

    @Test("Programs get the folder's stores and their own settings, and never the user that may change tables")
    func environments() throws {
        let own = ["PATH": "/bin", "FLASHSALE_REDIS_PASSWORD": "other", "FLASHSALE_MARIADB_MIGRATION_USER": "root"]
        let settings = try DevSettings(options(settings: ["line.rate-limit=0"]), environment: own)
        let api = settings.api(
            port: 9000,
            console: Self.console,
            drawKey: Self.drawKey,
            stores: try stores()
        )
        #expect(
            api == [
                "PATH": "/bin", "FLASHSALE_LOG_FORMAT": "text", "FLASHSALE_LINE_RATE_LIMIT": "0",
                "FLASHSALE_HTTP_PORT": "9000", "FLASHSALE_ADMIN_PORT": "8090",
                "FLASHSALE_DRAW_SIGNING_KEY": Self.drawKey, "FLASHSALE_ADMIN_KEY": "a-key-of-the-operator",
                "FLASHSALE_REDIS_ADDRESS": "unix:/r.sock",
                "FLASHSALE_REDIS_DATABASE": "0",
                "FLASHSALE_MARIADB_ADDRESS": "unix:/m.sock", "FLASHSALE_MARIADB_USER": "app",
                "FLASHSALE_MARIADB_PASSWORD": "p1", "FLASHSALE_MARIADB_DATABASE": "flashsale",
                "FLASHSALE_MARIADB_TLS": "off", "FLASHSALE_PAYMENTS_SIGNATURE": "none", "FLASHSALE_OUTBOX_URL": "log",
                "FLASHSALE_PAGES_ENABLED": "on", "FLASHSALE_PAGES_IDENTITY": "named",
                "FLASHSALE_PAGES_SIMULATED_PAYMENTS": "on",
            ]
        )
        let loaded = try APIConfiguration.load(ConfigurationSources(environment: api, file: ""))
        #expect(loaded.http.port == 9000)
        let worker = settings.worker(name: "worker-2", healthPort: 9001, stores: try stores())
        let workerLoaded = try WorkerConfiguration.load(ConfigurationSources(environment: worker, file: ""))
        #expect(workerLoaded.worker.id == "worker-2" && workerLoaded.worker.healthPort == 9001)
    }

    @Test(
        "Settings that the run decides, secrets and unknown ones are refused",
        arguments: [
            ("http.port=1", "--port"), ("redis.address=unix:/x", "by itself"), ("mariadb.user=x", "by itself"),
            ("mariadb.password=x", "secret"), ("worker.id=x", "by itself"), ("nonsense=1", "no setting 'nonsense'"),
        ]
    )
    func refusedSettings(assignment: String, words: String) throws {
        let options = try options(settings: [assignment])
        let failure = try #require(throws: CommandFailure.self) { try DevSettings(options, environment: [:]) }
        #expect(failure.exitCode == 2)
        #expect(failure.description.contains(words))
    }

    @Test("A value that the API or a worker would refuse is found before anything starts")
    func wrongValues() throws {
        for assignment in ["line.rate-limit=abc", "worker.batch-size=0"] {
            let settings = try DevSettings(options(settings: [assignment]), environment: [:])
            #expect(throws: ConfigurationError.self) { try settings.apiConfiguration() }
        }
        let settings = try DevSettings(options(settings: ["worker.batch-size=5", "http.host=::1"]), environment: [:])
        #expect(try settings.apiConfiguration().http.host == "::1")
    }

    @Test("A folder is used if it is new, empty or ours, and nothing else is touched")
    func folders() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("flashsale-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        func make(_ name: String, _ entries: [String]) throws -> DevFolder {
            let url = root.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            for entry in entries { try Data().write(to: url.appendingPathComponent(entry)) }
            return DevFolder(url.path)
        }
        try DevFolder(root.path + "/not/there/yet").check()
        try make("empty", []).check()
        try make(
            "ours",
            ["flashsale-dev", "state.json", "state.json.12.new", "redis", "mariadb", "admin.key", "draw.key"]
        ).check()
        for (name, entries) in [("foreign", ["flashsale-dev", "thesis.tex"]), ("unlocked", ["redis"])] {
            let failure = try #require(throws: CommandFailure.self) { try make(name, entries).check() }
            #expect(failure.exitCode == 1)
            #expect(failure.description.contains("--data"))
        }
        #expect(throws: CommandFailure.self) { try DevFolder(root.path + "/ours/flashsale-dev").check() }
        #expect(throws: CommandFailure.self) { try DevFolder(root.path + "/with blank").check() }
    }

    @Test("Removing the data leaves the lock")
    func freshFolder() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("flashsale-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let folder = DevFolder(root.path)
        for part in [folder.redis, folder.mariadb.appendingPathComponent("data")] {
            try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
        }
        try Data().write(to: root.appendingPathComponent("flashsale-dev"))
        #expect(!folder.isNew)
        try folder.removeData()
        #expect(folder.isNew)
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.path) == ["flashsale-dev"])
        try folder.removeData()
    }

    @Test("A program that was not built is named, with the command that builds it")
    func siblings() throws {
        #expect(try SiblingProgram.path("sh", beside: "/bin/ls") == "/bin/sh")
        let failure = try #require(throws: CommandFailure.self) {
            try SiblingProgram.path("flashsale-api", beside: "/bin/ls")
        }
        #expect(failure.description.hasSuffix("Build it: swift build -c release --product flashsale-api"))
    }

    @Test("A port that cannot be had is explained")
    func ports() throws {
        #expect(PortCheck.failure(8080, EADDRINUSE)?.description.contains("--port 8081") == true)
        #expect(PortCheck.failure(65_535, EADDRINUSE)?.description.contains("--port 65534") == true)
        #expect(PortCheck.failure(80, EACCES)?.description.contains("above 1023") == true)
        #expect(PortCheck.failure(80, ENOENT) == nil)
    }

    @Test("Readiness is a status of 200, and the body says what is missing")
    func readiness() {
        typealias Answer = ReadinessProbe.Answer
        #expect(Answer(response: "HTTP/1.1 200 OK\r\nA: b\r\n\r\n{}") == .ready)
        #expect(Answer(response: "HTTP/1.1 503 Service Unavailable\r\n\r\nredis") == .notReady("redis"))
        for text in ["", "HTTP/1.1", "SSH-2.0-OpenSSH 200\r\n", "HTTP/1.1 abc\r\n\r\n"] {
            #expect(Answer(response: text) == .silent, "\(text)")
        }
    }

    @Test("What is said about payments and the outbox holds; what is not said is made easy to try")
    func defaults() throws {
        func api(_ settings: [String], _ environment: [String: String] = [:]) throws -> [String: String] {
            try DevSettings(options(settings: settings), environment: environment).api(
                port: 1,
                console: Self.console,
                drawKey: Self.drawKey,
                stores: try stores()
            )
        }
        let signature = "FLASHSALE_PAYMENTS_SIGNATURE"
        #expect(try api([])[signature] == "none")
        #expect(try api(["payments.signature=standard"])[signature] == "standard")
        #expect(try api([], [signature: "standard"])[signature] == "standard")
        #expect(try api([], ["FLASHSALE_PAYMENTS_SECRET": "a secret of some length"])[signature] == nil)
        // Whoever else reaches the API could say that an order is paid.
        #expect(try api(["http.host=0.0.0.0"])[signature] == nil)
        #expect(try api(["http.host=::1"])[signature] == "none")
        #expect(try api([])["FLASHSALE_OUTBOX_URL"] == "log")
        // Pages on which anyone is whoever they say are for this machine, and for who has not said otherwise.
        #expect(try api([])["FLASHSALE_PAGES_ENABLED"] == "on")
        #expect(try api(["http.host=0.0.0.0"])["FLASHSALE_PAGES_ENABLED"] == nil)
        #expect(try api(["pages.enabled=off"])["FLASHSALE_PAGES_IDENTITY"] == nil)
        #expect(try api([], ["FLASHSALE_OUTBOX_URL": "http://a/"])["FLASHSALE_OUTBOX_URL"] == "http://a/")
    }

    @Test("Commands with --data ask that run's API, and sign as it was told to check")
    func dataFolder() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("flashsale-\(UUID().uuidString)")
        let lock = try DataFolder.lock(root)
        defer {
            lock.release()
            try? FileManager.default.removeItem(at: root)
        }
        let state = DataFolderState(
            holder: try #require(ProcessRecord(name: "flashsale", pid: getpid())),
            processes: [],
            redisSocket: "/r.sock",
            mariadbSocket: "/m.sock",
            database: "flashsale",
            mariadbFolder: root.path,
            httpPort: 9_123
        )
        try lock.save(state)
        let accounts = #"{"application":{"user":"a","password":"p"},"migration":{"user":"b","password":"p"}}"#
        let file = root.appendingPathComponent("credentials.json").path
        #expect(
            FileManager.default.createFile(
                atPath: file,
                contents: Data(accounts.utf8),
                attributes: [.posixPermissions: 0o600]
            )
        )
        let globals = try GlobalOptions.parse(["--data", root.path])
        let secret = ["FLASHSALE_PAYMENTS_SECRET": "a secret of some length"]
        let standard = ["FLASHSALE_PAYMENTS_SIGNATURE": "standard"]
        #expect(try globals.apiURL() == "http://127.0.0.1:9123")
        #expect(try globals.payments(environment: [:]).signature == .none)
        #expect(try globals.payments(environment: secret).signature == .standard)
        #expect(try globals.payments(environment: standard).signature == .standard)
    }

    @Test("The greeting's lines can be copied as they are, and lead to the end of the product's checkout")
    func greeting() throws {
        var options = try options()
        options.dataFolder = "my data"
        let state = DataFolderState(
            holder: try #require(ProcessRecord(name: "flashsale", pid: getpid())),
            processes: [],
            redisSocket: "/d/redis.sock",
            mariadbSocket: "/d/mariadb.sock",
            database: "flashsale",
            mariadbFolder: "/d"
        )
        func lines(_ checkout: Checkout) throws -> [Substring] {
            let url = "http://127.0.0.1:9000"
            let product = try Sample.product { $0.checkout = checkout }
            let greeting = Greeting(
                options: options,
                state: state,
                product: product,
                apiURL: url,
                console: Self.console,
                command: "flashsale"
            )
            return greeting.text.split(separator: "\n")
        }
        let always = [
            "cat '/d/my key'", "curl -s http://127.0.0.1:9000/api/products/7",
            "flashsale queue status 7 --data 'my data'",
            "flashsale order list --data 'my data'", "redis-cli -s /d/redis.sock",
            "mariadb --socket=/d/mariadb.sock --user=root flashsale",
        ]
        let paying = [
            "flashsale payment simulate --order 7-1 --paid --data 'my data'",
            "curl -s http://127.0.0.1:9000/api/orders/7-1",
        ]
        let holding = [
            "curl -s http://127.0.0.1:9000/api/holds/7-1",
            "curl -s -X POST http://127.0.0.1:9000/api/orders -H 'content-type: application/json' "
                + #"-d '{"hold_id":"7-1"}'"#,
        ]
        for (checkout, there, missing) in [
            (Checkout.instant, always, paying + holding), (.payment, always + paying, holding),
            (.hold, always + paying + holding, []),
        ] {
            let lines = Set(try lines(checkout).map(String.init))
            #expect(lines.isSuperset(of: there.map { "  \($0)" }), "\(checkout)")
            #expect(lines.isDisjoint(with: missing.map { "  \($0)" }), "\(checkout)")
        }
    }
}
