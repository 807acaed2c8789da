import ArgumentParser

/// `flashsale order`.
struct OrderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order",
        abstract: "Looks at holds and orders.",
        discussion: """
            A hold and the order it becomes are one, under one name: product and ticket, as in 7-1042.

            Examples:
              flashsale order list --product 7 --status held,pending
              flashsale order show 7-1042
            """,
        subcommands: [OrderListCommand.self, OrderShowCommand.self]
    )
}
