import ArgumentParser
import FlashSale
import Testing

@testable import FlashSaleAdmin

/// The command that a command line stands for.
func parse<Command: ParsableCommand>(_ type: Command.Type = Command.self, _ line: String...) throws -> Command {
    try #require(FlashSaleCommand.parseAsRoot(line) as? Command)
}

@Suite("Parsing")
struct ParsingTests {
    @Test("--data, --config and --set stand before the subcommand, between its words, or after it")
    func globalOptionsAnywhere() throws {
        let globals = ["--data", "dir", "--config", "file.yaml", "--set", "a=1", "--set", "b=2=3"]
        let lines = [
            globals + ["product", "list"], ["product"] + globals + ["list"], ["product", "list"] + globals,
            ["--data", "dir", "product", "--config=file.yaml", "list", "--set", "a=1", "--set", "b=2=3"],
        ]
        for line in lines {
            let command = try #require(FlashSaleCommand.parseAsRoot(line) as? ProductListCommand, "\(line)")
            #expect(command.globals.dataFolder == "dir", "\(line)")
            #expect(command.globals.configurationFile == "file.yaml", "\(line)")
            #expect(command.globals.settings.map(\.key) == ["a", "b"], "\(line)")
            #expect(command.globals.settings.map(\.value) == ["1", "2=3"], "\(line)")
        }
    }

    @Test(
        "Every command that works on stores takes --data on either side, and prints JSON if asked",
        arguments: [
            ["migrate"], ["seed"], ["reset"], ["product", "list"], ["product", "show", "1"],
            ["product", "restock", "1", "2"], ["product", "pause", "1"], ["product", "resume", "1"],
            ["product", "create", "--name", "n", "--stock", "1", "--price", "1"], ["queue", "status", "1"], ["config"],
            ["product", "withdraw", "1", "2"], ["product", "price", "1", "2"], ["product", "close", "1"],
            ["order", "list"], ["order", "show", "7-1"], ["payment", "list", "--review"], ["expire"], ["expire", "1"],
            ["payment", "simulate", "--order", "7-1", "--paid"], ["outbox", "list"], ["outbox", "retry", "1"],
            ["failed", "list"], ["failed", "show", "1"], ["failed", "retry", "1"], ["failed", "flush", "--all"],
            ["queue", "monitor"], ["rehearse", "--users", "5", "--stock", "1"], ["draw", "verify", "7"],
        ]
    )
    func everyCommand(words: [String]) throws {
        for line in [["--data", "dir"] + words + ["--json"], words + ["--json", "--data", "dir"]] {
            let command = try FlashSaleCommand.parseAsRoot(line)
            let options = Mirror(reflecting: command).children
            let globals = options.compactMap { ($0.value as? OptionGroup<GlobalOptions>)?.wrappedValue }
            let output = options.compactMap { ($0.value as? OptionGroup<OutputOptions>)?.wrappedValue }
            #expect(globals.map(\.dataFolder) == ["dir"], "\(line)")
            #expect(output.map(\.isJSON) == [true], "\(line)")
        }
    }

    @Test("product create keeps what was typed; what was left out has the domain's default")
    func productCreate() throws {
        let command = try parse(
            ProductCreateCommand.self,
            "product",
            "create",
            "--name",
            "Lamp",
            "--stock",
            "5",
            "--price",
            "12.50",
            "--currency",
            "EUR",
            "--checkout",
            "hold",
            "--max-per-user",
            "2",
            "--max-queue",
            "50",
            "--opens-at",
            "2026-12-01T10:00:00Z",
            "--closes-at",
            "2026-12-02T10:00:00Z",
            "--cart-seconds",
            "60",
            "--hold-seconds",
            "61",
            "--payment-seconds",
            "62",
            "--json"
        )
        let product = try command.form.product()
        #expect(
            product.name == "Lamp" && product.stock == 5 && product.checkout == .hold
                && "\(product.price)" == "12.50 EUR"
        )
        #expect(product.opensAt?.description == "2026-12-01T10:00:00.000Z")
        #expect(product.closesAt?.description == "2026-12-02T10:00:00.000Z")
        #expect(
            product.limits == .init(maxPerUser: 2, maxQueue: 50, cartSeconds: 60, holdSeconds: 61, paymentSeconds: 62)
        )
        let plain = try parse(
            ProductCreateCommand.self,
            "product",
            "create",
            "--name",
            "A",
            "--stock",
            "1",
            "--price",
            "1"
        )
        #expect(try plain.form.product().limits == .init())
        #expect(try "\(plain.form.product().price)" == "1.00 USD")
    }

    @Test("restock takes the units as an argument or as an option, once")
    func restock() throws {
        #expect(try parse(ProductRestockCommand.self, "product", "restock", "1", "50").count == "50")
        #expect(try parse(ProductRestockCommand.self, "product", "restock", "1", "--units", "50").units == "50")
        #expect(throws: (any Error).self) { try FlashSaleCommand.parseAsRoot(["product", "restock", "1"]) }
        #expect(throws: (any Error).self) {
            try FlashSaleCommand.parseAsRoot(["product", "restock", "1", "50", "--units", "50"])
        }
    }

    @Test("dev has its defaults, and takes --data on either side")
    func dev() throws {
        let plain = try parse(DevCommand.self, "dev").options
        #expect(plain.port == 8080 && plain.workers == 1 && plain.dataFolder == ".flashsale")
        #expect(!plain.isFresh && plain.isRedisDurable && plain.settings.isEmpty)
        let options = try parse(
            DevCommand.self,
            "--data",
            "x",
            "dev",
            "--port",
            "0",
            "--workers",
            "3",
            "--fresh",
            "--no-aof",
            "--checkout",
            "hold",
            "--set",
            "line.rate-limit=0"
        ).options
        #expect(options.port == 0 && options.workers == 3 && options.dataFolder == "x")
        #expect(plain.checkout == .instant && options.checkout == .hold)
        #expect(options.isFresh && !options.isRedisDurable)
        #expect(options.settings == [SettingAssignment("line.rate-limit=0")])
    }

    @Test("migrate, reset and config have switches of their own")
    func switches() throws {
        #expect(try parse(MigrateCommand.self, "migrate", "--check").check)
        #expect(try parse(ResetCommand.self, "reset", "--yes").yes)
        #expect(try parse(ConfigCommand.self, "config").process == .command)
        #expect(try parse(ConfigCommand.self, "config", "--process", "worker").process == .worker)
    }

    @Test(
        "Wrong usage ends with exit code 2 and says how it is right",
        arguments: [
            (["nothing"], "flashsale --help"), (["product", "create", "--stock", "1", "--price", "1"], "--name"),
            (["product", "list", "--set", "a"], "key=value"), (["product", "list", "--set", "=b"], "key=value"),
            (["product", "list", "--set", "--redis.database=1"], "key=value"), (["product", "show"], "<id>"),
            (["product", "list", "--colour"], "--colour"), (["dev", "--workers", "17"], "1 to 16"),
            (["dev", "--port", "65536"], "65535"),
            (["dev", "--checkout", "barter"], "instant, payment or hold"), (["payment", "list"], "--refund-due"),
            (["payment", "simulate", "--order", "7-1"], "--paid"), (["outbox", "retry"], "--all-dead"),
            (["failed", "retry"], "--all"), (["failed", "flush", "1", "--all"], "--all"),
            (["failed", "retry", "1", "--product", "7"], "--product goes with --all"),
            (["failed", "show"], "<letter>"),
            (["config", "--process", "web"], "api"),
            (["product", "restock", "7"], "flashsale product restock 7 50"),
        ]
    )
    func wrongUsage(line: [String], hint: String) {
        #expect {
            try FlashSaleCommand.parseAsRoot(line)
        } throws: { error in
            let ending = FlashSaleCommand.Ending(error)
            return ending.exitCode == 2 && ending.text.contains(hint)
        }
    }

    @Test("Every command's help has examples that are not broken by its 80 columns")
    func help() throws {
        for command in [FlashSaleCommand.self] + FlashSaleCommand.everySubcommand {
            let help = command.helpMessage(columns: 80)
            let examples = help.split(separator: "\n").filter { $0.hasPrefix("  flashsale ") }
            #expect(!examples.isEmpty, "\(command)")
            let source = Set(command.configuration.discussion.split(separator: "\n").map(String.init))
            for example in examples { #expect(source.contains(String(example)), "\(example)") }
        }
        #expect(FlashSaleCommand.helpMessage(columns: 80).contains("3  Redis or MariaDB is out of reach"))
    }
}

extension ParsableCommand {
    fileprivate static var everySubcommand: [any ParsableCommand.Type] {
        configuration.subcommands.flatMap { [$0] + $0.everySubcommand }
    }
}
