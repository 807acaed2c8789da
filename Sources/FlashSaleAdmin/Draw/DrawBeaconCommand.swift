import ArgumentParser
import Assembly
import FlashSale
import FlashSaleStorage

/// `flashsale draw beacon`.
struct DrawBeaconCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "beacon",
        abstract: "Tells a draw what its beacon's round has brought.",
        discussion: """
            drand publishes each round's signature at https://api.drand.sh/CHAIN/public/ROUND. What is mixed into the draw is \
            the signature's SHA-256. The signature itself is not verified here: anyone can compare it with drand's.

            Examples:
              flashsale draw beacon 7 --signature b44679b9a59af2ec876b1a6b1ad52ea9…
            """
    )

    @OptionGroup var selection: ProductSelection
    @Option(help: ArgumentHelp("The round's signature, in hexadecimal digits.", valueName: "hex"))
    var signature: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let id = try selection.productID()
        guard let value = DrawBeacon.Value(signatureText: signature) else {
            throw InvalidValue(
                field: "signature",
                problem: "is not written in hexadecimal digits",
                remedy: "Give it as drand does, in the digits 0-9 and a-f"
            )
        }
        let (change, draw) = try await CommandStores(globals).withAdministration(redis: .welcome) {
            (try await $0.setBeacon(of: id, value), try await $0.draw(of: id))
        }
        output.print(json: draw.json, text: draw.facts(entrantsSoFar: nil))
        change.warnOfLine()
    }
}
