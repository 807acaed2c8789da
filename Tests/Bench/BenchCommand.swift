import ArgumentParser

/// What `deploy/bench` needs beside wrk.
///
/// Not a product.
@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flashsale-bench",
        abstract: "Load at a constant rate, many event streams, and a bare server to compare with.",
        subcommands: [RateCommand.self, StreamsCommand.self, BareCommand.self]
    )
}
