import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale product withdraw`.
struct ProductWithdrawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Takes units of a product off sale.",
        discussion: """
            Only units that nobody has bought or holds: more than that is refused, and nothing is taken.

            Examples:
              flashsale product withdraw 1 10
              flashsale product withdraw 1 10 --json | jq .available_stock
            """
    )

    @OptionGroup var selection: ProductSelection
    @Argument(help: ArgumentHelp("How many units to take away.", valueName: "units"))
    var count: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let id = try selection.productID()
        let units = try Int(field: "units", text: count)
        let change = try await CommandStores(globals).withAdministration(redis: .welcome) {
            try await $0.withdraw(id, units: units)
        }
        let now = Timestamp.now()
        output.print(
            json: change.product.json(at: now),
            text: "Took \(units.counting("unit")) away.\n\n" + [change.product].table(at: now).rendered()
        )
        change.warnOfLine()
    }
}
