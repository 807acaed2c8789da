import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale failed list`.
struct FailedListCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "list",
        abstract: "Lists dead letters, the oldest first.",
        discussion: """
            Examples:
              flashsale failed list
              flashsale failed list 7 --limit 500
              flashsale failed list --after 120 --json | jq '.dead_letters[].raw'
            """
    )

    @Argument(help: ArgumentHelp("Only this product's. (default: all)", valueName: "product"))
    var product: String?
    @Option(help: ArgumentHelp("Only letters after this one: where the list before ended.", valueName: "letter"))
    var after: String?
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let id = try product.map { text throws(InvalidValue) in try ProductID(typed: text, field: "product") }
        let after = try after.map { text throws(InvalidValue) in try DeadLetterNumber(typed: text, field: "after").value
        }
        let limit = try limit.count()
        let letters = try await CommandStores(globals).withAdministration(redis: .none) {
            try await $0.deadLetters(of: id, limit: limit, after: after)
        }
        output.print(json: Self.json(letters, limit: limit), text: Self.text(letters, limit: limit))
    }

    static func json(_ letters: [DeadLetter], limit: Int) -> JSONOutput {
        [
            "dead_letters": .array(letters.map(\.json)),
            "next": JSONOutput(letters.count < limit ? nil : letters.last?.id),
        ]
    }

    static func text(_ letters: [DeadLetter], limit: Int) -> String {
        guard let last = letters.last else { return "There are no dead letters." }
        let table = letters.table.rendered()
        guard letters.count >= limit else { return table }
        return table + "\n\nThere may be more: say the same with --after \(last.id)"
    }
}
