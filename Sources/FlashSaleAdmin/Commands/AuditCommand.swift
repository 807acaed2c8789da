import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "audit",
        abstract: "Checks that nothing was lost and nothing sold twice, over MariaDB and Redis.",
        discussion: """
            Ten invariants, from the stock ledger to the keys in Redis. It may run during a sale: what only holds once \
            a line is quiet is then reported as not judged.

            With --repair, Redis is first brought in line with MariaDB: outcomes, copies of the stock, carts without \
            an end, leftovers. MariaDB's orders, decisions and stock are never touched.

            Examples:
              flashsale audit
              flashsale audit 7 --json | jq '.invariants[] | select(.violations > 0)'
              flashsale audit --repair

            Exit codes:
              0  every invariant holds
              1  an invariant is violated: the rows are shown
              2  it could not be checked: a store is away, the schema is another build's, wrong usage
            """
    )

    @Argument(help: ArgumentHelp("Only this product's. (default: all)", valueName: "id"))
    var product: String?
    @Flag(help: "First mend what has one right answer, and say what was done.")
    var repair = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let result: AuditResult
        do {
            let id = try product.map { text throws(InvalidValue) in try ProductID(typed: text, field: "id") }
            let repairs = repair
            result = try await CommandStores(globals).withAdministration(redis: .required) { administration in
                let audit = administration.audit
                return AuditResult(
                    repairs: repairs ? try await audit.repair(of: id) : nil,
                    report: try await audit.run(of: id)
                )
            }
        } catch {
            throw Self.failure(error)
        }
        output.print(json: result.json, text: result.text)
        guard result.report.isClean else { throw CommandFailure.refused(result.verdict) }
    }

    /// Whatever kept the audit from its answer: 1 is for violations alone.
    static func failure(_ error: any Error) -> any Error {
        guard let failure = CommandFailure(error) else { return error }
        return CommandFailure(
            description: "The audit could not check. \(failure)",
            exitCode: ProgramRun.ExitCode.configuration
        )
    }
}
