import ArgumentParser

/// `flashsale draw`.
struct DrawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Shows and verifies draws, and tells them what their beacons have brought.",
        discussion: """
            Examples:
              flashsale draw show 7
              flashsale draw verify http://127.0.0.1:8080/api/products/7
              flashsale draw beacon 7 --signature b44679b9a59af2ec876b1a6b1ad52ea9…
            """,
        subcommands: [DrawShowCommand.self, DrawVerifyCommand.self, DrawBeaconCommand.self]
    )
}
