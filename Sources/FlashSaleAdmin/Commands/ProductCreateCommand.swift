import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage
import LocalServers

/// `flashsale product create`.
struct ProductCreateCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "create",
        abstract: "Creates a product and opens its line.",
        discussion: """
            Whoever is served has bought (checkout instant), or has payment-seconds to pay (checkout payment), or has \
            hold-seconds to turn the hold into an order that is then to be paid (checkout hold). Units that are not \
            checked out or paid in time go to the next in line.

            With access draw, everybody who joins before draw-at enters, and all have the same chance: places are drawn then, \
            and anyone can check how. Whoever joins later stands behind. A beacon is a round of drand (default or quicknet) \
            that is out after draw-at: its value, given with flashsale draw beacon, is mixed in.

            Everything that is wrong is said at once, and nothing is created then.

            Examples:
              flashsale product create --name "Sneaker 1/100" --stock 100 --price 99.99
              flashsale product create --name Lamp --stock 10 --price 12000 --currency JPY
              flashsale product create --name Cap --stock 50 --price 25.00 \\
                --checkout hold --hold-seconds 120 --payment-seconds 900
              flashsale product create --name Drop --stock 500 --price 49.00 \\
                --opens-at 2026-12-01T10:00:00Z --max-per-user 2 --json
              flashsale product create --name Rarity --stock 20 --price 199.00 \\
                --access draw --draw-at 2026-12-01T18:00:00Z --max-queue 100000
            """
    )

    @Option(help: ArgumentHelp("What people call it.", valueName: "text"))
    var name: String
    @Option(help: ArgumentHelp("Units on sale.", valueName: "units"))
    var stock: String
    @Option(help: ArgumentHelp("What one unit costs, such as 99.99.", valueName: "amount"))
    var price: String
    @Option(help: ArgumentHelp("The price's currency, by ISO 4217.", valueName: "code"))
    var currency = "USD"
    @Option(help: ArgumentHelp("How it is bought: instant, payment or hold.", valueName: "kind"))
    var checkout = Checkout.instant.rawValue
    @Option(help: ArgumentHelp("How places are given: fifo or draw.", valueName: "kind"))
    var access = Access.Kind.fifo.rawValue
    @Option(help: ArgumentHelp("When entering ends and the draw is made, by RFC 3339.", valueName: "time"))
    var drawAt: String?
    @Option(help: ArgumentHelp("The drand chain that is mixed into the draw. (default: none)", valueName: "chain"))
    var beaconChain: String?
    @Option(help: ArgumentHelp("Its round, out after draw-at.", valueName: "number"))
    var beaconRound: String?
    @Option(help: ArgumentHelp("The most units one user may order. (default: 1)", valueName: "units"))
    var maxPerUser: String?
    @Option(help: ArgumentHelp("The most users that may wait. (default: 10000)", valueName: "users"))
    var maxQueue: String?
    @Option(help: ArgumentHelp("When joining starts, by RFC 3339. (default: at once)", valueName: "time"))
    var opensAt: String?
    @Option(help: ArgumentHelp("When joining ends, by RFC 3339. (default: never)", valueName: "time"))
    var closesAt: String?
    @Option(help: ArgumentHelp("How long a cart lives unless its user shows up. (default: 300)", valueName: "seconds"))
    var cartSeconds: String?
    @Option(help: ArgumentHelp("How long a hold lives. (default: 120)", valueName: "seconds"))
    var holdSeconds: String?
    @Option(help: ArgumentHelp("How long a pending order waits for its payment. (default: 900)", valueName: "seconds"))
    var paymentSeconds: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    /// What was typed, not yet checked.
    var form: NewProductForm {
        NewProductForm(
            name: name,
            price: price,
            stock: stock,
            currency: currency,
            checkout: checkout,
            access: access,
            drawAt: drawAt,
            beaconChain: beaconChain,
            beaconRound: beaconRound,
            opensAt: opensAt,
            closesAt: closesAt,
            maxPerUser: maxPerUser,
            maxQueue: maxQueue,
            cartSeconds: cartSeconds,
            holdSeconds: holdSeconds,
            paymentSeconds: paymentSeconds
        )
    }

    func run() async throws {
        let new = try form.product()
        let change = try await CommandStores(globals).withAdministration(redis: .welcome) { try await $0.create(new) }
        let now = Timestamp.now()
        let apiURL = try globals.apiURL()
        output.print(
            json: change.product.json(at: now),
            text: """
                \([change.product].table(at: now).rendered())

                Join with:
                  \(APIExamples(baseURL: apiURL).join(change.product.id))
                """
        )
        change.warnOfLine()
    }
}
