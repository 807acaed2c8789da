import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale order list`.
struct OrderListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists holds and orders, by product and ticket.",
        discussion: """
            Shows those that match every option. A list that is full says how to go on.

            Examples:
              flashsale order list --product 7
              flashsale order list --status held,pending --limit 500
              flashsale order list --user ada --json | jq '.orders[].order_id'
              flashsale order list --after 7-1042
            """
    )

    @Option(help: ArgumentHelp("Only orders of this product.", valueName: "id"))
    var product: String?
    @Option(
        help: ArgumentHelp(
            "Only orders in these states: held, pending, completed, cancelled, expired, refund_due.",
            valueName: "states"
        )
    )
    var status: [String] = []
    @Option(help: ArgumentHelp("Only this user's orders.", valueName: "user"))
    var user: String?
    @Option(help: ArgumentHelp("Only orders after this one: where the list before ended.", valueName: "order"))
    var after: String?
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    /// What was typed, not yet checked.
    var form: OrderListForm {
        OrderListForm(product: product, statuses: status, user: user, after: after, limit: limit)
    }

    func run() async throws {
        let page = try form.page()
        let orders = try await CommandStores(globals).withAdministration(redis: .none) { try await $0.orders(page) }
        output.print(json: Self.json(orders, page), text: Self.text(orders, page, at: .now()))
    }

    static func json(_ orders: [Order], _ page: OrderPage) -> JSONOutput {
        [
            "orders": .array(orders.map(\.json)),
            "next": JSONOutput(page.next(after: orders)?.description),
        ]
    }

    static func text(_ orders: [Order], _ page: OrderPage, at now: Timestamp) -> String {
        guard !orders.isEmpty else { return "There are no such orders." }
        let table = orders.table(at: now).rendered()
        guard let next = page.next(after: orders) else { return table }
        return table + "\n\nThere may be more: say the same with --after \(next)"
    }
}

extension OrderPage {
    /// Where the next page starts; nil when this one has room left.
    fileprivate func next(after orders: [Order]) -> OrderID? { orders.count < size ? nil : orders.last?.id }
}
