import ArgumentParser

/// `flashsale draw`.
struct DrawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Verifies the draw of a product.",
        discussion: """
            Examples:
              flashsale draw verify http://127.0.0.1:8080/api/products/7
            """,
        subcommands: [DrawVerifyCommand.self]
    )
}
