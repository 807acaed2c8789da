import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale seed`.
struct SeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed",
        abstract: "Creates a product to try things with.",
        discussion: """
            Product 1, "Limited Edition Sneaker": 100 units at 99.99 USD. If there is a product 1 already, it stays as \
            it is.

            Examples:
              flashsale seed
              flashsale seed --checkout hold
              flashsale seed --data .flashsale --json
            """
    )

    @Option(help: ArgumentHelp("How it is bought: instant, payment or hold.", valueName: "kind"))
    var checkout = Checkout.instant.rawValue
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let checkout = try Checkout(typed: checkout)
        let (product, change) = try await CommandStores(globals).withAdministration(redis: .welcome) {
            try await SampleProduct.seed($0, checkout: checkout)
        }
        let now = Timestamp.now()
        output.print(
            json: ["created": .bool(change != nil), "product": product.json(at: now)],
            text: change == nil
                ? "Product \(product.id) exists already: \(product.name). Nothing was changed."
                : [product].table(at: now).rendered()
        )
        change?.warnOfLine()
    }
}
