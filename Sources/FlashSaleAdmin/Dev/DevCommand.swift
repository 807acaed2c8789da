import ArgumentParser
import FlashSale
import Foundation

/// `flashsale dev`.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Runs everything on this machine, until Ctrl-C.",
        discussion: """
            Starts a private redis-server and mariadbd, which listen on Unix sockets in the data folder and keep their \
            data there between runs; migrates and seeds the database; starts the API and the workers; and prints what \
            to try. Needs the Debian packages redis-server and mariadb-server, but no running services of theirs.

            Unless it is configured otherwise, payment events need no signature (payments.signature), and messages to \
            the shop are shown in the log (outbox.url). The shopper's pages are on (pages.enabled): anyone is whoever \
            they say, and pays without money.

            Examples:
              flashsale dev
              flashsale dev --port 9090 --data /tmp/second     # beside the first one
              flashsale dev --workers 3 --fresh --set line.rate-limit=0
              flashsale dev --fresh --checkout hold            # hold, order, pay

            Exit code 0 after Ctrl-C or SIGTERM; 1 if something did not start or died. A second Ctrl-C kills at once.
            """
    )

    @Option(help: ArgumentHelp("The API's port on 127.0.0.1; 0 takes any free one.", valueName: "port"))
    var port = 8080
    @Option(help: ArgumentHelp("How many workers to run, 1 to 16.", valueName: "count"))
    var workers = 1
    @Option(help: ArgumentHelp("How product 1 is bought, if it is new: instant, payment or hold.", valueName: "kind"))
    var checkout = Checkout.instant.rawValue
    @Flag(help: "Destroy the folder's data first.")
    var fresh = false
    @Flag(help: "Let Redis forget everything when it ends: faster, and not durable.")
    var noAof = false
    @OptionGroup var globals: GlobalOptions

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port is \(port). Give a port from 0 to 65535.")
        }
        guard (1...16).contains(workers) else {
            throw ValidationError("--workers is \(workers). Give a number from 1 to 16.")
        }
        guard Checkout(rawValue: checkout) != nil else {
            throw ValidationError("--checkout is '\(checkout)'. Choose instant, payment or hold.")
        }
    }

    /// What was typed, as the run takes it.
    var options: DevOptions {
        DevOptions(
            dataFolder: globals.dataFolder ?? ".flashsale",
            port: port,
            workers: workers,
            checkout: Checkout(rawValue: checkout) ?? .instant,
            isFresh: fresh,
            isRedisDurable: !noAof,
            configurationFile: globals.configurationFile,
            settings: globals.settings
        )
    }

    func run() async throws {
        try await DevRun(options: options, environment: ProcessInfo.processInfo.environment).untilStopped()
    }
}

/// How `flashsale dev` shall run.
struct DevOptions {
    /// As typed; relative to the working directory.
    var dataFolder: String
    var port: Int
    var workers: Int
    /// How the sample product is bought, should it be created.
    var checkout: Checkout
    var isFresh: Bool
    var isRedisDurable: Bool
    var configurationFile: String?
    var settings: [SettingAssignment]
}
