import ArgumentParser
import FlashSale

/// `flashsale draw verify`.
struct DrawVerifyCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "verify",
        abstract: "Recomputes a draw from what is public of it, and compares it with the decisions.",
        usage: "flashsale draw verify [<place>] [<options>]",
        discussion: """
            The place is a product's address, a product's number (of the API that --data or api.url names), or a folder \
            with draw.json, roster.txt and decisions.txt, as saved from there. It trusts nobody: seed and commitment, \
            beacon, roster and root, drawn order, decisions and signature are each checked.

            Examples:
              flashsale draw verify http://127.0.0.1:8080/api/products/7
              flashsale draw verify 7 --data .flashsale --public-key KEY
              flashsale draw verify saved/draw.json --json

            Exit codes:
              0  the draw is right
              1  it could not be read, or there is no such draw
              2  wrong usage or configuration
              3  the API does not answer
            \(kinds)
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A product's address or number, a folder, or the draw.json in one. (default: this folder)",
            valueName: "place"
        )
    )
    var place = "."
    @Option(
        help: ArgumentHelp("The key that has to have signed it, in hexadecimal. (default: any)", valueName: "key")
    )
    var publicKey: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let key = try publicKey.map(Self.key)
        let place = try DrawPlace(self.place) { try globals.apiURL() }
        let result = DrawResult(place: place, verdict: try await place.verdict(publicKey: key))
        output.print(json: result.json, text: result.text)
        if let failure = result.failure { throw failure }
    }

    private static func key(_ text: String) throws(InvalidValue) -> DrawDigest {
        guard let key = DrawDigest(hex: text) else {
            throw InvalidValue(
                field: "public-key",
                problem: "'\(text)' is not a key",
                remedy: "Give 64 lower-case hexadecimal digits"
            )
        }
        return key
    }

    private static var kinds: String {
        DrawFinding.Kind.allCases.map { "  \($0.rawValue)  \($0.words)" }.joined(separator: "\n")
    }
}
