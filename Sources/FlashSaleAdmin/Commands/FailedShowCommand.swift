import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale failed show`.
struct FailedShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one dead letter, byte by byte, and what can be done about it.",
        discussion: """
            Examples:
              flashsale failed show 12
              flashsale failed show 12 --json | jq -r .raw_hex
            """
    )

    @Argument(help: ArgumentHelp("The letter's number; see flashsale failed list.", valueName: "letter"))
    var number: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let id = try DeadLetterNumber(typed: number, field: "letter").value
        let letter = try await CommandStores(globals).withAdministration(redis: .none) { try await $0.deadLetter(id) }
        guard let letter else {
            throw CommandFailure.refused("There is no dead letter \(id). List them with: flashsale failed list")
        }
        output.print(json: letter.json, text: letter.facts())
    }
}
