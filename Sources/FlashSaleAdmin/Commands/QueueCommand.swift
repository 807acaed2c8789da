import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale queue`.
struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Looks at the lines.",
        discussion: """
            Examples:
              flashsale queue status 1
              flashsale queue status 1 --json | jq .waiting
              flashsale queue monitor
            """,
        subcommands: [Status.self, QueueMonitorCommand.self]
    )

    /// `flashsale queue status`.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Shows one product's line: who waits, who was served, with what outcome.",
            discussion: """
                Examples:
                  flashsale queue status 1
                  flashsale queue status 1 --data .flashsale
                  flashsale queue status 1 --json | jq '.outcomes.completed'
                """
        )

        @OptionGroup var selection: ProductSelection
        @OptionGroup var output: OutputOptions
        @OptionGroup var globals: GlobalOptions

        func run() async throws {
            let id = try selection.productID()
            let report = try await CommandStores(globals).withAdministration(redis: .required) {
                try await $0.queue(of: id)
            }
            let now = Timestamp.now()
            output.print(json: report.json(at: now), text: report.text(at: now))
        }
    }
}
