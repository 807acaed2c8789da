import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale failed flush`.
struct FailedFlushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flush",
        abstract: "Removes dead letters for good.",
        discussion: """
            Nothing else of them is left but the decision that the place failed. Without --yes it only says what it \
            would remove.

            Examples:
              flashsale failed flush 12 13 --yes
              flashsale failed flush --all --product 7 --yes
              flashsale failed flush --all --yes --json | jq .flushed

            Exit code 1 without --yes, or if one of the letters does not exist; the others are removed.
            """
    )

    @OptionGroup var selection: DeadLetterSelection
    @Flag(help: "Really remove them.")
    var yes = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let chosen = try selection.checked()
        let isConfirmed = yes
        let (numbers, flushed) = try await CommandStores(globals).withAdministration(redis: .none) { administration in
            let numbers = try await chosen.numbers(administration)
            guard isConfirmed || numbers.isEmpty else { throw Self.unconfirmed(numbers.count) }
            return (numbers, try await administration.flushDeadLetters(numbers))
        }
        output.print(json: ["flushed": JSONOutput(flushed)], text: Self.text(flushed))
        // Of all of them, one that is gone meanwhile is none to complain about.
        if case .numbers = chosen, flushed < numbers.count {
            throw CommandFailure.refused(
                "Unknown: \(numbers.count - flushed) of \(numbers.count.counting("dead letter")). "
                    + "See: flashsale failed list"
            )
        }
    }

    static func text(_ flushed: Int) -> String {
        flushed == 0 ? "No dead letter was removed." : "\(flushed.counting("dead letter")) removed."
    }

    static func unconfirmed(_ count: Int) -> CommandFailure {
        .refused("Nothing was removed: this would remove \(count.counting("dead letter")) for good. If so, add --yes.")
    }
}
