import ArgumentParser
import Assembly
import FlashSaleStorage
import Glibc
import Resilience

/// `flashsale reset`.
struct ResetCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "reset",
        abstract: "Destroys all products, orders and lines.",
        discussion: """
            Drops every table of the database and makes the schema anew, and removes flashsale's keys from the Redis \
            database; other keys stay. Says what it would destroy where, and asks first. Stop the API and the workers \
            before.

            Examples:
              flashsale reset
              flashsale reset --data .flashsale
              flashsale reset --yes             # for scripts: does not ask
            """
    )

    @Flag(help: "Do not ask.")
    var yes = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let stores = try CommandStores(globals)
        if !yes {
            let confirmation = ResetConfirmation(stores.configuration)
            try confirmation.ask(isTerminal: isatty(STDIN_FILENO) == 1, write: Console.standardError.write) {
                readLine()
            }
        }
        let removed = try await stores.withSchemaRights(redis: .required) { stores in
            try await SaleAdministration(redis: stores.redis, database: stores.database, actor: .commandLine)
                .reset(schema: stores.database)
        }
        let database = stores.configuration.mariadb.database
        output.print(
            json: ["database": JSONOutput(database), "removed_keys": JSONOutput(removed)],
            text: "The database \(database) is empty, and \(removed) keys are gone from Redis."
        )
    }
}

/// The question before everything is destroyed.
struct ResetConfirmation {
    /// What must be typed.
    let database: String
    /// What will be destroyed, and where.
    let warning: String

    init(_ configuration: Assembly.CommandConfiguration) {
        let mariadb = configuration.migrationSettings
        database = mariadb.database
        warning = """
            This destroys every product, order and line:
              all tables of the database \(mariadb.database) of MariaDB at \(mariadb.address)
              flashsale's keys in database \(configuration.redis.database) of Redis at \(configuration.redis.address)
            """
    }

    /// Asks, if there is somebody to ask.
    ///
    /// - Throws: ``CommandFailure`` unless the database's name was typed.
    func ask(isTerminal: Bool, write: (String) -> Void, read: () -> String?) throws(CommandFailure) {
        write(warning)
        guard isTerminal else {
            throw .refused("Nothing was destroyed: there is nobody to ask. In a script, say --yes.")
        }
        write("Type the database's name (\(database)) to go on:")
        guard read() == database else { throw .refused("Nothing was destroyed.") }
    }
}
