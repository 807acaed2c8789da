import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale log`.
struct LogCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "log",
        abstract: "Lists what operators changed, by command line and console, the latest first.",
        discussion: """
            Examples:
              flashsale log
              flashsale log --product 7 --limit 20
              flashsale log --json | jq '.actions[] | select(.action == "pause")'
            """
    )

    @Option(help: ArgumentHelp("Only changes of this product.", valueName: "product"))
    var product: String?
    @Option(help: ArgumentHelp("Only lines below this one: where the list before ended.", valueName: "line"))
    var before: String?
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let page = OperatorActionPage(
            product: try product.map { text throws(InvalidValue) in try ProductID(typed: text, field: "product") },
            before: try before.map { text throws(InvalidValue) in Int64(try Int(field: "before", text: text)) },
            size: try limit.count()
        )
        let actions = try await CommandStores(globals).withAdministration(redis: .none) { try await $0.actions(page) }
        output.print(json: Self.json(actions, page), text: Self.text(actions, page))
    }

    static func json(_ actions: [OperatorActionRecord], _ page: OperatorActionPage) -> JSONOutput {
        [
            "actions": .array(
                actions.map { action in
                    [
                        "id": JSONOutput(action.id),
                        "at": JSONOutput(action.at.description),
                        "actor": JSONOutput(action.actor),
                        "action": JSONOutput(action.action),
                        "product_id": JSONOutput(action.product?.rawValue),
                        "detail": JSONOutput(action.detail),
                        "result": JSONOutput(action.result),
                    ]
                }
            ),
            "next": JSONOutput(actions.count < page.size ? nil : actions.last?.id),
        ]
    }

    static func text(_ actions: [OperatorActionRecord], _ page: OperatorActionPage) -> String {
        guard let last = actions.last else { return "Nothing is on record." }
        let table = Table(
            [
                .init("line", .right), .init("when"), .init("who"), .init("what"), .init("product", .right),
                .init("how"), .init("result"),
            ],
            rows: actions.map { action in
                [
                    "\(action.id)", "\(action.at)", action.actor, action.action.replacing("_", with: " "),
                    action.product.map { "\($0)" } ?? "-", action.detail, action.result,
                ]
            }
        ).rendered()
        guard actions.count >= page.size else { return table }
        return table + "\n\nThere may be more: say the same with --before \(last.id)"
    }
}
