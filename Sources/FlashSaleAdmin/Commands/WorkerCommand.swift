import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage
import Foundation

/// `flashsale worker`.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "worker",
        abstract: "Runs one worker, for as long as there is work or time.",
        discussion: """
            Starts flashsale-worker with this command's configuration, and ends it with SIGTERM: it finishes its batch \
            and gives its leases back. With neither option it runs until Ctrl-C.

            Every line is empty when nobody waits, no batch is under way, no order is due or still to be shown, and no \
            message to the shop can be delivered now. Those who wait in a paused line do not count.

            Examples:
              flashsale worker --stop-when-empty
              flashsale worker --stop-when-empty --max-time 10m
              flashsale worker --data .flashsale --set worker.batch-size=10

            Exit code: the worker's own; 0 when it was ended and ended well.
            """
    )

    @Flag(help: "End it once every line is empty.")
    var stopWhenEmpty = false
    @Option(help: ArgumentHelp("End it after this time, 1s to 24h. (default: never)", valueName: "time"))
    var maxTime: String?
    @OptionGroup var globals: GlobalOptions

    /// What was typed, checked.
    ///
    /// - Throws: `InvalidValue` that names `max-time`.
    func plan() throws(InvalidValue) -> WorkerRun.Plan {
        let limits = Duration.seconds(1)...Duration.seconds(86_400)
        let maximumTime = try maxTime.map { text throws(InvalidValue) in
            try Duration(field: "max-time", text: text, in: limits, example: "10m")
        }
        return WorkerRun.Plan(stopsWhenEmpty: stopWhenEmpty, maximumTime: maximumTime)
    }

    func run() async throws {
        let plan = try plan()
        let settings = try WorkerSettings(globals.sources())
        let run = WorkerRun(plan: plan, program: try SiblingProgram.path("flashsale-worker"), settings: settings)
        guard plan.stopsWhenEmpty else { return try await run.untilEnded { false } }
        try await CommandStores(globals).withAdministration(redis: .required) { administration in
            try await run.untilEnded {
                try await administration.openWork(countsMessages: settings.deliversMessages).isEmpty
            }
        }
    }
}
