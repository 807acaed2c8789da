import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage
import Foundation
import Glibc
import NIOCore

/// `flashsale rehearse`.
struct RehearseCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "rehearse",
        abstract: "Plays a sale with a simulated crowd on a running system, and judges it.",
        usage: "flashsale rehearse --users <count> --stock <units> [<options>]",
        discussion: """
            Creates a product of its own, sends the crowd through the API as shoppers would come, and ends with a \
            report: how fast people joined and were decided, what they waited, how it ended for them, whether it was \
            fair, and what the audit finds. The product stays, for you to look at.

            The same --seed gives the same people. A checkout of payment or hold is paid with signed events, as \
            flashsale payment simulate sends them; those who do not pay let their time run out.

            Examples:
              flashsale rehearse --data .flashsale --users 2000 --stock 100
              flashsale rehearse --users 20000 --stock 500 --report rehearsal
              flashsale rehearse --users 500 --stock 50 --arrival ramp --over 20s \\
                --checkout hold --pay 0.8 --hold-seconds 5
              flashsale rehearse --users 2000 --stock 2000 --arrival steady \\
                --over 60s --disturb pause

            Exit codes:
              0  PASS: every check that could be judged holds
              1  FAIL: a check does not hold
              2  it could not run, or was stopped before its end
            """
    )

    @Option(help: ArgumentHelp("People who come, 1 to \(RehearsalForm.maximumUsers).", valueName: "count"))
    var users: String
    @Option(help: ArgumentHelp("Units on sale.", valueName: "units"))
    var stock: String
    @Option(help: ArgumentHelp("How they come: burst, ramp or steady.", valueName: "kind"))
    var arrival = "burst"
    @Option(help: ArgumentHelp("From the first arrival to the last, unless all come at once.", valueName: "time"))
    var over = "30s"
    @Option(help: ArgumentHelp("The share of orders that is paid, 0 to 1.", valueName: "share"))
    var pay = "0.9"
    @Option(help: ArgumentHelp("The share of people who give up while they wait, 0 to 1.", valueName: "share"))
    var abandon = "0.1"
    @Option(help: ArgumentHelp("How it is bought: instant, payment or hold.", valueName: "kind"))
    var checkout = "instant"
    @Option(help: ArgumentHelp("What the product is called.", valueName: "text"))
    var productName = "Rehearsal"
    @Option(help: ArgumentHelp("How long a cart lives unless its user shows up.", valueName: "seconds"))
    var cartSeconds = "60"
    @Option(help: ArgumentHelp("How long a hold lives.", valueName: "seconds"))
    var holdSeconds = "10"
    @Option(help: ArgumentHelp("How long a pending order waits for its payment.", valueName: "seconds"))
    var paymentSeconds = "15"
    @Option(help: ArgumentHelp("What goes wrong in the middle: none, pause or slow-database.", valueName: "kind"))
    var disturb = "none"
    @Option(help: ArgumentHelp("For how long it goes wrong.", valueName: "time"))
    var disturbFor = "5s"
    @Option(help: ArgumentHelp("When the rehearsal ends, done or not.", valueName: "time"))
    var deadline = "5m"
    @Option(help: ArgumentHelp("Requests under way at once, at most.", valueName: "count"))
    var connections = "64"
    @Option(help: ArgumentHelp("Decides what each person does. (default: a new one)", valueName: "number"))
    var seed: String?
    @Option(help: ArgumentHelp("A folder for report.html, report.json and report.txt.", valueName: "dir"))
    var report: String?
    @Option(help: ArgumentHelp("The API's address. (default: of --data, else api.url)", valueName: "url"))
    var url: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    /// What was typed, not yet checked.
    var form: RehearsalForm {
        RehearsalForm(
            users: users,
            stock: stock,
            arrival: arrival,
            over: over,
            pay: pay,
            abandon: abandon,
            checkout: checkout,
            productName: productName,
            cartSeconds: cartSeconds,
            holdSeconds: holdSeconds,
            paymentSeconds: paymentSeconds,
            seed: seed,
            connections: connections,
            disturb: disturb,
            disturbFor: disturbFor,
            deadline: deadline
        )
    }

    func run() async throws {
        let result: RehearsalReport
        do {
            let folder = try report.map(ReportFolder.init(made:))
            result = try await rehearsed()
            try folder?.write(result)
        } catch {
            throw Self.failure(error)
        }
        output.print(json: result.json, text: result.text())
        switch result.verdict {
        case .pass: return
        case .fail: throw CommandFailure.refused("The rehearsal failed: \(result.failedChecks).")
        case .incomplete: throw CommandFailure.usage("The rehearsal was not played to its end.")
        }
    }

    private func rehearsed() async throws -> RehearsalReport {
        let plan = try form.plan(anySeed: .random(in: 0...9_999_999))
        let address = try APIAddress(url ?? globals.apiURL())
        let secret = try PaymentSimulateCommand.secret(globals.payments())
        let signals = StopSignals { _exit(128 + SIGINT) }
        defer { signals.stop() }
        let outcome = try await CommandStores(globals).withAdministration(redis: .required) { administration in
            try await APIConnection.with(
                address,
                limit: .microseconds(plan.deadline.microseconds) + .seconds(60),
                requestLimit: .seconds(20),
                parallel: plan.connections
            ) { api in
                try await RehearsalRun(
                    plan: plan,
                    administration: administration,
                    api: api,
                    secret: secret,
                    progress: ProgressLine(console: .standardError)
                ).untilEnd(stopping: signals)
            }
        }
        return RehearsalReport(plan, outcome)
    }

    /// Whatever kept the rehearsal from its end: 1 is for a check that does not hold.
    static func failure(_ error: any Error) -> any Error {
        guard let failure = CommandFailure(error) else { return error }
        return CommandFailure(
            description: "The rehearsal could not run. \(failure)",
            exitCode: ProgramRun.ExitCode.configuration
        )
    }
}
