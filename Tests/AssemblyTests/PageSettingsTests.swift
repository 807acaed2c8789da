import FlashSale
import FlashSaleAPI
import Testing

@testable import Assembly

@Suite("Settings of the pages")
struct PageSettingsTests {
    private static let secret = "a random text of thirty-two bytes"

    private func load(_ settings: [String: String], secret: String? = nil) throws -> PageSettings {
        var environment: [String: String] = [:]
        if let secret { environment["FLASHSALE_PAGES_SECRET"] = secret }
        return try APIConfiguration.load(
            ConfigurationSources(
                arguments: settings.map { "--\($0.key)=\($0.value)" },
                environment: environment,
                file: "no-such-file.yaml"
            )
        ).pages
    }

    @Test("There are none unless they are asked for")
    func off() throws {
        #expect(try load([:]).options == nil)
        #expect(try load(["pages.identity": "named", "http.host": "0.0.0.0"]).options == nil)
    }

    @Test("Named visitors and signed ones")
    func on() throws {
        let named = try load(["pages.enabled": "on", "pages.identity": "named", "pages.simulated-payments": "on"])
        #expect(named.options == PageOptions(identity: .named, simulatesPayments: true))
        let signed = try load(["pages.enabled": "on", "http.host": "0.0.0.0"], secret: Self.secret)
        #expect(signed.options == PageOptions(identity: .signed(try VisitorKey(Self.secret))))
    }

    @Test(
        "What would let anyone buy as anyone, or for nothing, is refused at the start",
        arguments: [
            (["pages.identity": "named", "http.host": "0.0.0.0"], nil, "pages.identity"), ([:], nil, "pages.secret"),
            ([:], "too short", "pages.secret"),
            (["pages.simulated-payments": "on", "http.host": "0.0.0.0"], Self.secret, "pages.simulated-payments"),
        ] as [([String: String], String?, String)]
    )
    func refused(settings: [String: String], secret: String?, key: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try load(settings.merging(["pages.enabled": "on"]) { $1 }, secret: secret)
        }
        #expect(error.problems.map(\.key) == [key])
        #expect(!"\(error)".contains("too short"))
    }
}
