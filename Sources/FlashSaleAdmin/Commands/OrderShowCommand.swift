import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale order show`.
struct OrderShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one hold or order, what happens to it next, and its payment events.",
        discussion: """
            Examples:
              flashsale order show 7-1042
              flashsale order show 7-1042 --json | jq .status
            """
    )

    @Argument(help: ArgumentHelp("The order: product and ticket, as in 7-1042.", valueName: "order"))
    var name: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let id = try OrderID(typed: name, field: "order")
        let (order, payments) = try await CommandStores(globals).withAdministration(redis: .none) {
            (try await $0.order(id), try await $0.payments(of: id))
        }
        guard let order else { throw Self.unknown(id, payments) }
        output.print(json: Self.json(order, payments), text: Self.text(order, payments, at: .now()))
    }

    static func json(_ order: Order, _ payments: [PaymentRecord]) -> JSONOutput {
        ["order": order.json, "payments": .array(payments.map(\.json))]
    }

    static func text(_ order: Order, _ payments: [PaymentRecord], at now: Timestamp) -> String {
        let facts = order.facts(at: now)
        guard !payments.isEmpty else { return facts + "\n\nNo payment event has come for it." }
        return facts + "\n\n" + payments.table.rendered()
    }

    /// That a ticket has no order, and what is known of it nevertheless.
    static func unknown(_ id: OrderID, _ payments: [PaymentRecord]) -> CommandFailure {
        var text = "There is no order \(id): its ticket is not decided yet, or got nothing."
        if !payments.isEmpty { text += " \(payments.count.counting("payment event")) came for it:" }
        let records = payments.isEmpty ? [] : ["", payments.table.rendered(inColor: false), ""]
        return .refused(
            ([text] + records + ["Look at the line: flashsale queue status \(id.product)"]).joined(separator: "\n")
        )
    }
}
