import ArgumentParser

/// Load that no test has: measured by hand, on a release build.
@main
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flashsale-load",
        abstract: "Puts load on a running shop, bounded in number and time.",
        subcommands: [StreamsCommand.self]
    )
}
