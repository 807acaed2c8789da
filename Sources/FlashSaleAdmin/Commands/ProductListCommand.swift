import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale product list`.
struct ProductListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists all products.",
        discussion: """
            Examples:
              flashsale product list
              flashsale product list --data .flashsale
              flashsale product list --json | jq '.products[].available_stock'
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let products = try await CommandStores(globals).withAdministration(redis: .none) { try await $0.products() }
        let now = Timestamp.now()
        output.print(json: Self.json(products, at: now), text: Self.text(products, at: now))
    }

    static func json(_ products: [Product], at now: Timestamp) -> JSONOutput {
        ["products": .array(products.map { $0.json(at: now) })]
    }

    static func text(_ products: [Product], at now: Timestamp) -> String {
        guard !products.isEmpty else {
            return "There are no products. Create one with: flashsale product create, or flashsale seed"
        }
        return products.table(at: now).rendered()
    }
}
