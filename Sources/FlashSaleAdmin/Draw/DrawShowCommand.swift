import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale draw show`.
struct DrawShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows what is public of a draw, and how far it has come.",
        discussion: """
            The seed is shown once the draw is made, not before: nobody has to know it.

            Examples:
              flashsale draw show 7
              flashsale draw show 7 --json | jq .root
            """
    )

    @OptionGroup var selection: ProductSelection
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let id = try selection.productID()
        let (draw, entrants) = try await CommandStores(globals).withAdministration(redis: .welcome) { administration in
            // Redis only adds to what MariaDB has.
            (try await administration.draw(of: id), try? await administration.entrants(of: id))
        }
        output.print(json: draw.json, text: draw.facts(entrantsSoFar: entrants))
    }
}
