import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale product close`.
struct ProductCloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Ends a product's sale now: nobody joins any more.",
        discussion: """
            Whoever waits is still served, and orders go on as they are.

            Examples:
              flashsale product close 1
              flashsale product close 1 --json | jq .closes_at
            """
    )

    @OptionGroup var selection: ProductSelection
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let id = try selection.productID()
        let change = try await CommandStores(globals).withAdministration(redis: .welcome) { try await $0.close(id) }
        let now = Timestamp.now()
        output.print(json: change.product.json(at: now), text: [change.product].table(at: now).rendered())
        change.warnOfLine()
    }
}
