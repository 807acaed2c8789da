import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage
import LocalServers
import Testing

@testable import FlashSaleAdmin
@testable import MariaDB
@testable import Redis

@Suite("Failures and exit codes")
struct FailureTests {
    private struct Stranger: Error {}

    private static let unreachable = MariaDBError(.cannotConnect, "Can't connect", file: #fileID, line: 1)
    private static let denied = MariaDBError(
        code: 1_142,
        sqlState: "42000",
        message: "CREATE command denied",
        kind: .other,
        file: #fileID,
        line: 1
    )

    @Test("Refusals end with 1, usage and configuration with 2, stores out of reach with 3")
    func exitCodes() throws {
        let configuration = #expect(throws: ConfigurationError.self) {
            try APIConfiguration.load(
                ConfigurationSources(arguments: ["--http-port", "x"], environment: [:], file: "")
            )
        }
        let id = try #require(ProductID(99))
        let cases: [(any Error, Int32)] = [
            (InvalidValue(field: "f", problem: "p", remedy: "r"), 1), (UnknownProduct(id: id), 1),
            (SchemaMismatch.missing([1]), 1), (LocalServerError(.alreadyRunning, "taken"), 1), (Stranger(), 1),
            (Self.denied, 1), (ValidationError("wrong"), 2), (try #require(configuration), 2),
            (RedisError(.invalidConfiguration, "no such file"), 2), (RedisError(.notConnected, "gone"), 3),
            (StoreUnavailable(reason: "away"), 3), (OutcomeUnknown(cause: Self.unreachable), 3),
            (StoreUnavailable(reason: "away", cause: Self.unreachable), 3), (CleanExit.message("bye"), 0),
        ]
        for (error, code) in cases { #expect(FlashSaleCommand.Ending(error).exitCode == code, "\(error)") }
    }

    @Test("An error says what happened and what to do, without places in our source")
    func words() throws {
        let unknown = FlashSaleCommand.Ending(UnknownProduct(id: try #require(ProductID(99)))).text
        #expect(unknown == "Error: There is no product 99. List them with: flashsale product list")
        let schema = FlashSaleCommand.Ending(SchemaMismatch.missing([1, 2])).text
        #expect(schema == "Error: The database lacks migrations V1, V2. Run: flashsale migrate")
        let away = FlashSaleCommand.Ending(StoreUnavailable(reason: "no", cause: Self.unreachable)).text
        #expect(away.hasPrefix("Error: MariaDB is out of reach: Can't connect\n"))
        #expect(!away.contains(".swift"))
        let line = FlashSaleCommand.Ending(StoreUnavailable(reason: "no", cause: RedisError(.timedOut, "slow"))).text
        #expect(line.hasPrefix("Error: Redis is out of reach: slow\n"))
        #expect(FlashSaleCommand.Ending(Self.denied).text.contains("mariadb.migration-user"))
    }

    @Test(
        "Help ends well, whichever way it is asked for",
        arguments: [["--help"], ["help", "dev"], ["product", "-h"]]
    )
    func help(line: [String]) {
        #expect {
            var command = try FlashSaleCommand.parseAsRoot(line)
            try command.run()
        } throws: { error in
            let ending = FlashSaleCommand.Ending(error)
            return ending.exitCode == 0 && ending.text.contains("USAGE: flashsale")
        }
    }

    @Test("A data folder on which nothing runs is named, with the command to start it")
    func nothingRuns() throws {
        let globals = try GlobalOptions.parse(["--data", "/nowhere/at all"])
        let failure = try #require(throws: CommandFailure.self) { try globals.sources(environment: [:]) }
        #expect(failure.exitCode == 2)
        #expect(failure.description.contains("flashsale dev --data '/nowhere/at all'"))
    }

    @Test("--set and --config reach the configuration, and wrong ones are told")
    func settings() throws {
        let globals = try GlobalOptions.parse(["--set", "redis.database=3"])
        let sources = try globals.sources(environment: ["FLASHSALE_REDIS_DATABASE": "4"])
        #expect(try Assembly.CommandConfiguration.load(sources).redis.database == 3)
        let missing = try GlobalOptions.parse(["--config", "/nowhere/f.yaml", "--set", "nonsense=1"])
        let error = try #require(throws: ConfigurationError.self) {
            try Assembly.CommandConfiguration.load(missing.sources(environment: [:]))
        }
        #expect(error.problems.count == 2)
    }

    @Test("config shows values with their sources, and never a secret")
    func configuration() throws {
        let sources = ConfigurationSources(
            environment: ["FLASHSALE_REDIS_PASSWORD": "hush", "FLASHSALE_MARIADB_USER": "me"],
            file: ""
        )
        let rows = try Assembly.CommandConfiguration.rows(sources).map { ConfigCommand.Row($0, dataFolder: nil) }
        let text = ConfigCommand.text(rows, inColor: false)
        let json = ConfigCommand.json(rows).rendered
        for output in [text, json] {
            #expect(!output.contains("hush"))
            #expect(output.contains("***"))
            #expect(output.contains("environment variable FLASHSALE_MARIADB_USER"))
        }
        #expect(rows.allSatisfy { !$0.documentation.isEmpty })
        let ofFolder = try Assembly.CommandConfiguration.rows(sources).map { ConfigCommand.Row($0, dataFolder: "dir") }
        #expect(ofFolder.filter { $0.source == "data folder dir" }.count == DataFolderSettings.keys.count)
    }
}

@Suite("Reset's question")
struct ResetConfirmationTests {
    private func ask(isTerminal: Bool, answer: String?) throws -> String {
        let sources = ConfigurationSources(environment: ["FLASHSALE_MARIADB_DATABASE": "shop"], file: "")
        let confirmation = ResetConfirmation(try Assembly.CommandConfiguration.load(sources))
        var written = ""
        try confirmation.ask(isTerminal: isTerminal, write: { written += $0 + "\n" }, read: { answer })
        return written
    }

    @Test("It says what would be destroyed and where, and takes nothing but the database's name")
    func onTerminal() throws {
        let written = try ask(isTerminal: true, answer: "shop")
        #expect(written.contains("database shop of MariaDB at 127.0.0.1:3306"))
        #expect(written.contains("database 0 of Redis at 127.0.0.1:6379"))
        for answer in ["yes", "", "Shop", "shop ", nil] {
            let failure = try #require(throws: CommandFailure.self) { try ask(isTerminal: true, answer: answer) }
            #expect(failure == .refused("Nothing was destroyed."))
        }
    }

    @Test("Without a terminal it refuses, whatever comes in")
    func withoutTerminal() throws {
        let failure = try #require(throws: CommandFailure.self) { try ask(isTerminal: false, answer: "shop") }
        #expect(failure.exitCode == 1)
        #expect(failure.description.contains("--yes"))
    }
}
