import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale product show`.
struct ProductShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one product.",
        discussion: """
            Examples:
              flashsale product show 1
              flashsale product show 1 --json | jq .available_stock
            """
    )

    @OptionGroup var selection: ProductSelection
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let id = try selection.productID()
        let product = try await CommandStores(globals).withAdministration(redis: .none) { try await $0.product(id) }
        guard let product else { throw UnknownProduct(id: id) }
        let now = Timestamp.now()
        output.print(json: product.json(at: now), text: product.facts(at: now))
    }
}
