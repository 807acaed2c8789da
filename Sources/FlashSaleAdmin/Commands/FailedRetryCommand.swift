import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale failed retry`.
struct FailedRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Gives the users of dead letters a new place, at the back of the line.",
        discussion: """
            A ticket that has failed stays failed: each user joins again, for as many units as before, and the letter \
            is removed. Where joining is refused (sold out, closed, paused) the letter is kept. It is safe to say it \
            twice.

            Examples:
              flashsale failed retry 12 13
              flashsale failed retry --all
              flashsale failed retry --all --product 7 --json | jq .kept

            Exit code 1 if a letter is kept; the others are retried.
            """
    )

    @OptionGroup var selection: DeadLetterSelection
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let chosen = try selection.checked()
        let result = try await CommandStores(globals).withAdministration(redis: .required) { administration in
            await RetryResult.retrying(try await chosen.numbers(administration)) {
                try await administration.retryDeadLetter($0)
            }
        }
        output.print(json: result.json, text: result.text())
        if let problem = result.problem { throw problem }
        if let failure = result.failure { throw failure }
    }
}
