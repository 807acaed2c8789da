import ArgumentParser

/// `flashsale failed`.
struct FailedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failed",
        abstract: "Looks at entries of a line that could not be processed, tries them again, or removes them.",
        discussion: """
            An entry that no worker can read or settle is put aside as a dead letter, so that the line moves on. Its \
            user is told that it failed.

            Examples:
              flashsale failed list
              flashsale failed show 12
              flashsale failed retry --all
              flashsale failed flush 12 --yes
            """,
        subcommands: [
            FailedListCommand.self, FailedShowCommand.self, FailedRetryCommand.self, FailedFlushCommand.self,
        ]
    )
}
