import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale outbox retry`.
struct OutboxRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Lets the workers deliver dead messages again.",
        discussion: """
            Examples:
              flashsale outbox retry 17 18
              flashsale outbox retry --all-dead --json | jq .retried

            Exit code 1 if one of the messages is not dead; the others are retried.
            """
    )

    @Argument(help: ArgumentHelp("The messages' numbers; see flashsale outbox list.", valueName: "message"))
    var messages: [String] = []
    @Flag(help: "Every dead message.")
    var allDead = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func validate() throws {
        guard messages.isEmpty == allDead else {
            throw ValidationError("Name the messages, or all of them: flashsale outbox retry --all-dead")
        }
    }

    /// The numbers of the messages, each once; nil for every dead one.
    ///
    /// - Throws: `InvalidValue` that names `message`.
    func numbers() throws(InvalidValue) -> [Int64]? {
        guard !allDead else { return nil }
        var numbers: Set<Int64> = []
        for text in messages { numbers.insert(try MessageNumber(typed: text, field: "message").value) }
        return numbers.sorted()
    }

    func run() async throws {
        let numbers = try numbers()
        let retried = try await CommandStores(globals).withAdministration(redis: .none) {
            try await $0.retryMessages(numbers)
        }
        let missing = numbers.map { $0.count - retried } ?? 0
        output.print(json: ["retried": JSONOutput(retried)], text: Self.text(retried))
        if missing > 0 {
            throw CommandFailure.refused(
                "Not dead, or unknown: \(missing) of \((retried + missing).counting("message")). "
                    + "See: flashsale outbox list --state dead"
            )
        }
    }

    static func text(_ retried: Int) -> String {
        retried == 0
            ? "No message was retried."
            : "\(retried.counting("message")) will be delivered again by the next worker that looks."
    }
}
