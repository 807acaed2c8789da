import ArgumentParser

/// `flashsale outbox`.
struct OutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox",
        abstract: "Looks at messages to the shop, and sends dead ones again.",
        discussion: """
            Each change of an order is reported to outbox.url by the workers, until it has arrived. A message that was \
            tried outbox.max-attempts times is dead.

            Examples:
              flashsale outbox list --state dead
              flashsale outbox retry 17 18
              flashsale outbox retry --all-dead
            """,
        subcommands: [OutboxListCommand.self, OutboxRetryCommand.self]
    )
}
