import FlashSale
import FlashSaleAPI
import Logging
import Testing

@testable import Assembly

@Suite("Settings of payments and of the outbox")
struct PaymentSettingsTests {
    private static let key = "a secret of 16 bytes or more"
    private static let standardKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func sources(_ arguments: [String] = [], _ environment: [String: String] = [:]) -> ConfigurationSources {
        ConfigurationSources(arguments: arguments, environment: environment, file: "no-such-file.yaml")
    }

    /// The problems of a configuration, each on a line.
    private func problems<Configuration: ProgramConfiguration>(
        _ type: Configuration.Type,
        _ arguments: [String],
        _ environment: [String: String] = [:]
    ) -> [String] {
        do {
            _ = try Configuration.load(sources(arguments, environment))
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test("Without any source, payment events need a signature, and messages stay in the outbox")
    func defaults() throws {
        let api = try APIConfiguration.load(sources())
        #expect(api.payments.signature == .standard)
        #expect(api.payments.secrets.isEmpty)
        let outbox = try WorkerConfiguration.load(sources()).outbox
        #expect(outbox.target == nil)
        #expect(outbox.secrets.isEmpty)
        #expect(outbox.maxAttempts == 12)
        #expect(outbox.retryBase == .seconds(1))
        let command = try CommandConfiguration.load(sources())
        #expect(command.payments == api.payments)
        #expect(command.apiURL == "http://127.0.0.1:8080")
    }

    @Test("Every setting arrives in its field; several secrets keep their order")
    func fields() throws {
        let secrets = try [WebhookSecret(Self.standardKey), WebhookSecret(Self.key)]
        let payments = ["FLASHSALE_PAYMENTS_SECRET": "\(Self.standardKey), \(Self.key)"]
        #expect(try APIConfiguration.load(sources([], payments)).payments.secrets == secrets)
        let command = try CommandConfiguration.load(sources(["--api-url=https://shop.example:8443/"], payments))
        #expect(command.payments.secrets == secrets)
        #expect(command.apiURL == "https://shop.example:8443")

        let arguments = [
            "--outbox-url=https://shop.example/hooks?tenant=3", "--outbox-max-attempts=100",
            "--outbox-retry-base=250ms",
        ]
        let outbox = try WorkerConfiguration.load(sources(arguments, ["FLASHSALE_OUTBOX_SECRET": Self.key])).outbox
        #expect(outbox.target == .http(url: "https://shop.example/hooks?tenant=3"))
        #expect(try outbox.secrets == [WebhookSecret(Self.key)])
        #expect(outbox.maxAttempts == 100)
        #expect(outbox.retryBase == .milliseconds(250))
        #expect(try WorkerConfiguration.load(sources(["--outbox-url=log"])).outbox.target == .log)
    }

    @Test("A secret may stand in a file, and is shown nowhere")
    func secretFile() throws {
        try withFile("\(Self.standardKey),\(Self.key)\n") { (file) throws in
            let sources = sources(["--payments-secret-file", file])
            #expect(try APIConfiguration.load(sources).payments.secrets.count == 2)
            let row = try #require(APIConfiguration.rows(sources).first { $0.key == "payments.secret" })
            #expect(row.value == Secret.mask)
            let configuration = try APIConfiguration.load(sources)
            var dumped = "\(configuration)"
            dump(configuration, to: &dumped)
            #expect(!dumped.contains(Self.key))
        }
    }

    @Test(
        "Secrets that are too short, damaged or empty are refused, and not quoted",
        arguments: [
            "short", "whsec_!!!!", "whsec_c2hvcnQ=", "\(standardKey),", ",\(standardKey)", "\(standardKey),,\(key)",
            "\(standardKey),short", Array(repeating: key, count: 9).joined(separator: ","),
        ]
    )
    func wrongSecrets(text: String) {
        let problems = problems(APIConfiguration.self, [], ["FLASHSALE_PAYMENTS_SECRET": text])
        #expect(problems.count == 1)
        #expect(problems.first?.contains("FLASHSALE_PAYMENTS_SECRET): The value is not 1 to 8 secrets") == true)
        #expect(problems.first?.contains(text) == false)
    }

    @Test("Unsigned payment events are taken on a loopback address only", arguments: ["127.0.0.1", "127.9.9.9", "::1"])
    func unsignedOnLoopback(host: String) throws {
        let arguments = ["--payments-signature=none", "--http-host=\(host)"]
        #expect(try APIConfiguration.load(sources(arguments)).payments.signature == PaymentSettings.Signature.none)
    }

    @Test(
        "Unsigned payment events on any other address are an error that says what to do",
        arguments: ["0.0.0.0", "::", "shop.example", "10.0.0.1", "127.0.0.1.example", "1127.0.0.1"]
    )
    func unsignedElsewhere(host: String) {
        let problems = problems(APIConfiguration.self, ["--payments-signature=none", "--http-host=\(host)"])
        #expect(
            problems == [
                """
                payments.signature (command line (--payments-signature)): Whoever reaches the API could say that an order \
                is paid. Set payments.signature to standard and payments.secret, or http.host to 127.0.0.1.
                """
            ]
        )
    }

    @Test("Messages go nowhere without a secret, and a secret needs an address; a wrong value is told once")
    func outboxContradictions() {
        let url = "--outbox-url=http://127.0.0.1:9/"
        #expect(
            problems(WorkerConfiguration.self, [url]) == [
                """
                outbox.url (command line (--outbox-url)): The shop could not tell our messages from others: set \
                outbox.secret as well.
                """
            ]
        )
        let secret = ["FLASHSALE_OUTBOX_SECRET": Self.key]
        #expect(
            problems(WorkerConfiguration.self, [], secret) == [
                """
                outbox.secret (environment variable FLASHSALE_OUTBOX_SECRET): It has no effect without the shop's address: \
                set outbox.url as well.
                """
            ]
        )
        #expect(problems(WorkerConfiguration.self, ["--outbox-url=log"], secret).isEmpty)
        #expect(problems(WorkerConfiguration.self, [url], ["FLASHSALE_OUTBOX_SECRET": "short"]).count == 1)
        #expect(problems(WorkerConfiguration.self, [url, "--outbox-secret-file=/no/such"]).count == 1)
        #expect(problems(WorkerConfiguration.self, ["--outbox-url=shop"], secret).count == 1)
    }

    @Test(
        "URLs have a scheme and a host, and nothing that must not be shown",
        arguments: [
            ("http://shop.example", "http://shop.example"), ("https://shop.example/", "https://shop.example"),
            ("http://[::1]:8080/a/b", "http://[::1]:8080/a/b"),
            ("https://shop.example/a?b=c", "https://shop.example/a?b=c"),
            ("shop.example", nil), ("//shop.example", nil), ("ftp://shop.example", nil), ("http://", nil),
            ("http:shop", nil), ("http://shop.example:0", nil), ("http://shop.example:65536", nil),
            ("http://user@shop.example", nil), ("http://user:word@shop.example", nil), ("http://shop.example#a", nil),
            ("http://shop.example/a b", nil), ("http://käse.example", nil), ("log", nil), ("", nil),
        ]
    )
    func urls(text: String, expected: String?) {
        #expect(SettingKind<String>.httpAddress.parse(text) == expected)
        let target = SettingKind<OutboxTarget>.outboxTarget
        #expect(target.parse(text) == (text == "log" ? .log : expected.map { .http(url: $0) }))
        #expect(target.parse(text).flatMap(target.format) == (text == "log" ? "log" : expected))
    }

    @Test("At the start, the API says how payment events are taken")
    func notices() throws {
        let signed = ["FLASHSALE_PAYMENTS_SECRET": Self.key]
        #expect(try APIConfiguration.load(sources([], signed)).payments.notice == nil)
        #expect(try APIConfiguration.load(sources()).payments.notice?.level == .notice)
        let unsigned = sources(["--payments-signature=none"], signed)
        #expect(try APIConfiguration.load(unsigned).payments.notice?.level == .warning)
    }

    @Test("Signed payment events are checked with every secret; without one, none is accepted")
    func verification() throws {
        let body = Array("{}".utf8)
        let second = try WebhookSecret(Self.key)
        let headers = WebhookHeaders(
            ids: ["msg_1"],
            timestamps: ["1700000000"],
            signatures: [WebhookSignature.sign(id: "msg_1", timestamp: 1_700_000_000, body: body, with: second)]
        )
        func accepts(_ environment: [String: String], _ arguments: [String] = []) throws -> Bool {
            let payments = try APIConfiguration.load(sources(arguments, environment)).payments
            guard case .signed(let verifier) = payments.verification else { return true }
            do {
                try verifier.verify(headers, body: body, now: Timestamp(microseconds: 1_700_000_000_000_000))
                return true
            } catch {
                return false
            }
        }
        #expect(try accepts(["FLASHSALE_PAYMENTS_SECRET": "\(Self.standardKey),\(Self.key)"]))
        #expect(try !accepts(["FLASHSALE_PAYMENTS_SECRET": Self.standardKey]))
        #expect(try !accepts([:]))
        #expect(try accepts([:], ["--payments-signature=none"]))
    }
}
