import ArgumentParser

/// `flashsale draw`.
struct DrawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Shows draws, and tells them what their beacons have brought.",
        discussion: """
            Examples:
              flashsale draw show 7
              flashsale draw beacon 7 --signature b44679b9a59af2ec876b1a6b1ad52ea9…
            """,
        subcommands: [DrawShowCommand.self, DrawBeaconCommand.self]
    )
}
