import ArgumentParser

/// `flashsale payment`.
struct PaymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payment",
        abstract: "Shows payments that need a person, and plays the payment provider.",
        discussion: """
            Examples:
              flashsale payment list --refund-due
              flashsale payment list --review
              flashsale payment simulate --order 7-1042 --paid
            """,
        subcommands: [PaymentListCommand.self, PaymentSimulateCommand.self]
    )
}
