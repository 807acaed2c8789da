import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale queue monitor`.
struct QueueMonitorCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "monitor",
        abstract: "Watches lines live: who waits, how fast they move, what comes out, who serves them.",
        discussion: """
            Shows all products, or those that are named, until Ctrl-C; elsewhere than in a terminal, one block after \
            the other. RATE/S is how many tickets were decided a second since the frame before. CLEARS IN is how long \
            those who wait now will wait, if the line goes on as fast as in the last frames.

            Examples:
              flashsale queue monitor
              flashsale queue monitor 7 8 --interval 5s
              flashsale queue monitor --frames 1 --json | jq '.lines[].waiting'

            Exit code 0 after Ctrl-C, SIGTERM or the last frame.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Only these products. (default: the first \(MonitorRun.maximumProducts))",
            valueName: "product"
        )
    )
    var products: [String] = []
    @Option(help: ArgumentHelp("From one frame to the next, 100ms to 1h.", valueName: "time"))
    var interval = "1s"
    @Option(help: ArgumentHelp("How many frames to show. (default: until Ctrl-C)", valueName: "count"))
    var frames: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    /// What was typed, checked.
    ///
    /// - Throws: `InvalidValue` that names `product`, `interval` or `frames`.
    func plan() throws(InvalidValue) -> MonitorRun.Plan {
        var ids: [ProductID] = []
        for text in products {
            let id = try ProductID(typed: text, field: "product")
            if !ids.contains(id) { ids.append(id) }
        }
        guard ids.count <= MonitorRun.maximumProducts else {
            throw InvalidValue(
                field: "product",
                problem: "is given \(ids.count) times",
                remedy: "Name at most \(MonitorRun.maximumProducts)"
            )
        }
        let limits = Duration.milliseconds(100)...Duration.seconds(3_600)
        return MonitorRun.Plan(
            products: ids,
            interval: try Duration(field: "interval", text: interval, in: limits, example: "5s"),
            frames: try frameCount()
        )
    }

    func run() async throws {
        let plan = try plan()
        let address = try APIAddress(globals.apiURL())
        let output = output
        try await CommandStores(globals).withAdministration(redis: .required) { administration in
            let run = MonitorRun(plan: plan, administration: administration, api: address)
            let screen = Screen(isRedrawn: Console.standardOutput.canRedraw && !output.isJSON)
            try await run.untilStopped { frame in
                Console.standardOutput.write(output.isJSON ? frame.json.rendered : screen.page(frame.text()))
            }
        }
    }

    private func frameCount() throws(InvalidValue) -> Int? {
        guard let frames else { return nil }
        let count = try Int(field: "frames", text: frames)
        guard count > 0 else {
            throw InvalidValue(field: "frames", problem: "is \(count)", remedy: "Give a whole number from 1")
        }
        return count
    }
}
