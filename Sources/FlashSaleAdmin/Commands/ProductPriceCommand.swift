import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale product price`.
struct ProductPriceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "price",
        abstract: "Changes what a unit of a product costs.",
        discussion: """
            Whoever waits already keeps the price they joined at: the new one holds for tickets that are handed out \
            from now on.

            Examples:
              flashsale product price 1 89.99
              flashsale product price 1 12000 --currency JPY
            """
    )

    @OptionGroup var selection: ProductSelection
    @Argument(help: ArgumentHelp("What one unit costs, such as 89.99.", valueName: "amount"))
    var price: String
    @Option(help: ArgumentHelp("The price's currency, by ISO 4217. (default: as it is)", valueName: "code"))
    var currency: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let id = try selection.productID()
        let typed = price
        // Checked before any store is asked; without it, the price can only be read once the product is known.
        let currency = try currency.map { text throws(InvalidValue) in try Currency(typed: text) }
        if let currency { _ = try Money(text: typed, currency: currency) }
        let result = try await CommandStores(globals).withAdministration(redis: .welcome) { administration in
            guard let product = try await administration.product(id) else { throw UnknownProduct(id: id) }
            let price = try Money(text: typed, currency: currency ?? product.price.currency)
            return try await administration.setPrice(id, price)
        }
        let now = Timestamp.now()
        let table = [result.change.product].table(at: now).rendered()
        output.print(json: Self.json(result, at: now), text: "\(Self.words(result))\n\n\(table)")
        result.change.warnOfLine()
    }

    static func json(_ result: PriceChange, at now: Timestamp) -> JSONOutput {
        [
            "product": result.change.product.json(at: now),
            "from_ticket": JSONOutput(result.fromTicket?.rawValue),
        ]
    }

    /// From when on the new price holds.
    static func words(_ result: PriceChange) -> String {
        let price = result.change.product.price
        guard let ticket = result.fromTicket else {
            return "A unit costs \(price) from the ticket on at which a worker finds the change, with its next batch."
        }
        return "A unit costs \(price) from ticket \(ticket) on. Whoever joined before keeps the old price."
    }
}
