import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale outbox list`.
struct OutboxListCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "list",
        abstract: "Lists messages to the shop, the oldest first.",
        discussion: """
            Examples:
              flashsale outbox list
              flashsale outbox list --state dead
              flashsale outbox list --after 50 --json | jq '.messages[].payload'
            """
    )

    @Option(help: ArgumentHelp("Only these: waiting, delivered or dead.", valueName: "state"))
    var state: String?
    @Option(help: ArgumentHelp("Only messages after this one: where the list before ended.", valueName: "message"))
    var after: String?
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let state = try state.map { text throws(InvalidValue) in try OutboxState(typed: text) }
        let after = try after.map { text throws(InvalidValue) in try MessageNumber(typed: text, field: "after").value }
        let limit = try limit.count()
        let messages = try await CommandStores(globals).withAdministration(redis: .none) {
            try await $0.messages(state, limit: limit, after: after)
        }
        output.print(json: Self.json(messages, limit: limit), text: Self.text(messages, limit: limit, at: .now()))
    }

    static func json(_ messages: [StoredMessage], limit: Int) -> JSONOutput {
        [
            "messages": .array(messages.map(\.json)),
            "next": JSONOutput(messages.count < limit ? nil : messages.last?.message.id),
        ]
    }

    static func text(_ messages: [StoredMessage], limit: Int, at now: Timestamp) -> String {
        guard let last = messages.last else { return "There are no such messages." }
        let table = messages.table(at: now).rendered()
        guard messages.count >= limit else { return table }
        return table + "\n\nThere may be more: say the same with --after \(last.message.id)"
    }
}
