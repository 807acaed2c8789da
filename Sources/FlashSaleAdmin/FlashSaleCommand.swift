public import ArgumentParser

/// `flashsale`: what an operator does with a sale, from a terminal or a script.
public struct FlashSaleCommand: AsyncParsableCommand {
    /// Name, help and subcommands.
    public static let configuration = CommandConfiguration(
        commandName: "flashsale",
        abstract: "Operates a flash sale: its products, lines, orders and payments, and its database.",
        discussion: """
            Try everything on this machine, with private servers:
              flashsale dev
              flashsale --data .flashsale product list

            Work on your own servers:
              export FLASHSALE_MARIADB_ADDRESS=mariadb://db:3306
              export FLASHSALE_MARIADB_PASSWORD_FILE=/run/secrets/mariadb
              flashsale migrate
              flashsale product create --name Sneaker --stock 100 --price 99.99

            Settings come from --set, else from FLASHSALE_… variables, else from the configuration file, else they have \
            their defaults: see flashsale config.

            Exit codes:
              0  done
              1  refused or failed: unknown product, wrong value, not confirmed
              2  wrong usage or configuration
              3  Redis or MariaDB is out of reach
            """,
        subcommands: [
            DevCommand.self, ProductCommand.self, QueueCommand.self, OrderCommand.self, PaymentCommand.self,
            DrawCommand.self, WorkerCommand.self, FailedCommand.self, ExpireCommand.self, OutboxCommand.self,
            AuditCommand.self,
            RehearseCommand.self, LogCommand.self, MigrateCommand.self, SeedCommand.self, ResetCommand.self,
            ConfigCommand.self,
        ]
    )

    // Declared here too, so that these options may stand before the subcommand as well as after it.
    @OptionGroup var globals: GlobalOptions

    /// A command without arguments; the parser makes those with arguments.
    public init() {}
}
