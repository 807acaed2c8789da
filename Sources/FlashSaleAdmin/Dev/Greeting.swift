import FlashSale
import LocalServers

/// What `flashsale dev` prints when everything runs: what to try, in lines that can be copied as they are.
struct Greeting {
    let options: DevOptions
    let state: DataFolderState
    let product: Product
    let apiURL: String
    /// Whether there is a shop to look at.
    var hasPages = false
    let console: DevConsole
    var command = CommandName.flashsale

    var text: String {
        let folder = ShellWord(options.dataFolder)
        let workers = options.workers == 1 ? "1 worker" : "\(options.workers) workers"
        return """

            FlashSale runs at \(apiURL) with \(workers). Ctrl-C stops it; the data stays in \(options.dataFolder).

            \(hasPages ? "Open in a browser: \(apiURL)/\n\n" : "")\(buying)

            Watch and operate, at \(console.url) with the key in this file:
              cat \(ShellWord(console.keyFile))

            Look:
              \(command) queue status \(product.id) --data \(folder)
              \(command) order list --data \(folder)
              redis-cli -s \(ShellWord(state.redisSocket))
              mariadb --socket=\(ShellWord(state.mariadbSocket)) --user=root \(state.database)

            """
    }

    /// From joining to the end, step by step: as many as the product's checkout has.
    private var buying: String {
        let api = APIExamples(baseURL: apiURL)
        let joining = [api.show(product.id), api.join(product.id), api.status(product.id)]
        guard product.checkout != .instant, let ticket = Ticket(1) else { return Self.list("Buy:", joining) }
        let order = OrderID(product: product.id, ticket: ticket)
        let paying = [
            "\(command) payment simulate --order \(order) --paid --data \(ShellWord(options.dataFolder))",
            api.order(order),
        ]
        let holding = product.checkout == .hold ? [api.hold(order), api.checkOut(order)] : []
        let title = "Buy (\(order) is the first who joins; the answer to joining has your order_id):"
        return Self.list(title, joining + holding + paying)
    }

    private static func list(_ title: String, _ lines: [String]) -> String {
        ([title] + lines.map { "  \($0)" }).joined(separator: "\n")
    }
}
