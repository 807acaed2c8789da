import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale product restock`.
struct ProductRestockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restock",
        abstract: "Puts more units of a product on sale.",
        discussion: """
            A sold-out product opens again. Whoever was told that it is sold out may join again, at the back.

            Examples:
              flashsale product restock 1 50
              flashsale product restock 1 --units 50
            """
    )

    @OptionGroup var selection: ProductSelection
    @Argument(help: ArgumentHelp("How many units to add.", valueName: "units"))
    var count: String?
    @Option(name: .customLong("units"), help: ArgumentHelp("The same, as an option.", valueName: "units"))
    var units: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func validate() throws {
        guard (count == nil) != (units == nil) else {
            throw ValidationError("Say once how many units to add: flashsale product restock \(selection.number) 50")
        }
    }

    func run() async throws {
        let id = try selection.productID()
        let units = try Int(field: "units", text: units ?? count ?? "")
        let change = try await CommandStores(globals).withAdministration(redis: .welcome) {
            try await $0.restock(id, units: units)
        }
        let now = Timestamp.now()
        output.print(
            json: change.product.json(at: now),
            text: "Added \(units) units.\n\n" + [change.product].table(at: now).rendered()
        )
        change.warnOfLine()
    }
}
