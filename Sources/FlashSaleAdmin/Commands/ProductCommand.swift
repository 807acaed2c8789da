import ArgumentParser

/// `flashsale product`.
struct ProductCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "product",
        abstract: "Creates, shows and changes products.",
        discussion: """
            Examples:
              flashsale product create --name "Sneaker 1/100" --stock 100 --price 99.99
              flashsale product list
              flashsale product pause 1
              flashsale product price 1 89.99
            """,
        subcommands: [
            ProductCreateCommand.self, ProductListCommand.self, ProductShowCommand.self, ProductRestockCommand.self,
            ProductWithdrawCommand.self, ProductPriceCommand.self, ProductPauseCommand.self, ProductResumeCommand.self,
            ProductCloseCommand.self,
        ]
    )
}
