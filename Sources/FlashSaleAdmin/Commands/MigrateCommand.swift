import ArgumentParser
import FlashSaleStorage
import Resilience

/// `flashsale migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Brings the database to this version's schema.",
        discussion: """
            Applies what is missing, in order, as the user of mariadb.migration-user, or of mariadb.user if that is not \
            set. It is safe to run it twice, or at the same time from two machines.

            Examples:
              flashsale migrate
              flashsale migrate --check         # changes nothing; exit code 1 if behind
              flashsale migrate --set mariadb.migration-user=admin \\
                --set mariadb.migration-password-file=/run/secrets/admin
            """
    )

    @Flag(help: "Only look whether the schema is this version's.")
    var check = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let isCheck = check
        let applied = try await CommandStores(globals).withSchemaRights(redis: .none) { stores in
            let migrator = Migrator(database: stores.database)
            guard !isCheck else {
                try await migrator.check()
                return [Migration]()
            }
            return try await migrator.migrate()
        }
        output.print(json: Self.json(applied), text: Self.text(applied))
    }

    static func json(_ applied: [Migration]) -> JSONOutput {
        ["applied": .array(applied.map { ["version": JSONOutput($0.version), "name": JSONOutput($0.name)] })]
    }

    static func text(_ applied: [Migration]) -> String {
        guard !applied.isEmpty else { return "The database is up to date." }
        return applied.map { "Applied V\($0.version) \($0.name)" }.joined(separator: "\n")
    }
}
