import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale expire`.
struct ExpireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire",
        abstract: "Ends holds and unpaid orders whose time has run out.",
        discussion: """
            The workers do so all the time; this is one sweep by hand, for when none runs. Their units go back on sale, \
            to the next in line.

            Examples:
              flashsale expire
              flashsale expire 7 --json | jq .units
            """
    )

    @Argument(help: ArgumentHelp("Only this product's. (default: all)", valueName: "id"))
    var product: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let id = try product.map { text throws(InvalidValue) in try ProductID(typed: text, field: "id") }
        let sweep = try await CommandStores(globals).withAdministration(redis: .welcome) {
            try await $0.expireOrders(of: id)
        }
        output.print(json: Self.json(sweep), text: Self.text(sweep))
        LineWarning.print(sweep.lineProblem)
    }

    static func json(_ sweep: ExpirySweep) -> JSONOutput {
        [
            "expired": JSONOutput(sweep.expired),
            "units": JSONOutput(sweep.units),
            "products": .array(sweep.products.map { JSONOutput($0.rawValue) }),
        ]
    }

    static func text(_ sweep: ExpirySweep) -> String {
        guard sweep.expired > 0 else { return "No hold and no unpaid order has run out." }
        let products = sweep.products.sorted().map(\.description).joined(separator: ", ")
        return """
            \(sweep.expired.counting("order")) ran out; \(sweep.units.counting("unit")) of \
            \(sweep.products.count == 1 ? "product" : "products") \(products) went back on sale.
            """
    }
}
