import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale product pause`.
struct ProductPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stops a product's line: nobody joins and nobody is served.",
        discussion: """
            Those who wait keep their places. A batch that a worker has begun is finished.

            Examples:
              flashsale product pause 1
              flashsale product pause 1 --json | jq .sale_state
            """
    )

    @OptionGroup var selection: ProductSelection
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        try await ProductPausing(selection: selection, output: output, globals: globals).run(isPaused: true)
    }
}

/// `flashsale product resume`.
struct ProductResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lets a paused line move again.",
        discussion: """
            Examples:
              flashsale product resume 1
              flashsale product resume 1 --json | jq .sale_state
            """
    )

    @OptionGroup var selection: ProductSelection
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        try await ProductPausing(selection: selection, output: output, globals: globals).run(isPaused: false)
    }
}

/// What pausing and resuming have in common.
private struct ProductPausing {
    let selection: ProductSelection
    let output: OutputOptions
    let globals: GlobalOptions

    func run(isPaused: Bool) async throws {
        let id = try selection.productID()
        let change = try await CommandStores(globals).withAdministration(redis: .welcome) {
            try await $0.setPaused(id, isPaused)
        }
        let now = Timestamp.now()
        output.print(json: change.product.json(at: now), text: [change.product].table(at: now).rendered())
        change.warnOfLine()
    }
}
