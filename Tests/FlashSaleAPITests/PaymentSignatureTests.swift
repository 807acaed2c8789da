import FlashSale
import FlashSaleAPI
import HTTPTypes
import Logging
import NIOConcurrencyHelpers
import Testing

@Suite("Signatures of payment events")
struct PaymentSignatureTests {
    private static let now = Shop.noon.microseconds / 1_000_000

    private let secret: WebhookSecret
    private let oldSecret: WebhookSecret
    private let shop: Shop
    private let body: String

    init() throws {
        secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        oldSecret = try WebhookSecret("the secret of last month")
        var shop = try Shop()
        shop.payments = .signed(WebhookVerifier(secrets: [secret, oldSecret]))
        self.shop = shop
        body = PaymentRouteTests.body(order: try shop.desk.add(ticket: 1, .payment))
    }

    /// The header fields of a webhook in the standard form.
    private func headers(
        id: String = "msg_1",
        at time: Int64 = now,
        with secret: WebhookSecret? = nil,
        for body: String? = nil
    ) throws -> HTTPFields {
        let bytes = Array((body ?? self.body).utf8)
        return try Self.fields([
            ("webhook-id", id), ("webhook-timestamp", "\(time)"),
            (
                "webhook-signature",
                WebhookSignature.sign(id: id, timestamp: time, body: bytes, with: secret ?? self.secret)
            ),
        ])
    }

    private static func fields(_ pairs: [(String, String)]) throws -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in pairs { fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
        return fields
    }

    private func expectAccepted(_ headers: HTTPFields, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await shop.test { client in
            let answer = try await client.report(body, headers: headers)
            #expect(answer.json["result"] as? String == "processed", sourceLocation: sourceLocation)
        }
        #expect(shop.desk.changes == 1, sourceLocation: sourceLocation)
        #expect(shop.desk.recorded["evt_1"] == Array(body.utf8), sourceLocation: sourceLocation)
    }

    private func expectRefused(
        _ headers: HTTPFields,
        body: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await shop.test { client in
            let answer = try await client.report(body ?? self.body, headers: headers, sourceLocation: sourceLocation)
            #expect(answer.status == 401, sourceLocation: sourceLocation)
            #expect(answer.code == "bad_signature", sourceLocation: sourceLocation)
            #expect(answer.headers[.wwwAuthenticate] == "Webhook-Signature", sourceLocation: sourceLocation)
        }
        #expect(shop.desk.changes == 0, sourceLocation: sourceLocation)
        #expect(shop.desk.recorded.isEmpty, sourceLocation: sourceLocation)
    }

    @Test("The standard form is accepted")
    func standard() async throws { try await expectAccepted(try headers()) }

    @Test("While secrets are changed over, the old one is accepted as well")
    func rotation() async throws { try await expectAccepted(try headers(with: oldSecret)) }

    @Test("The timed form is accepted", arguments: ["webhook-signature", "Stripe-Signature", "X-SIGNATURE"])
    func timed(name: String) async throws {
        let signature = WebhookSignature.signTimed(timestamp: Self.now, body: Array(body.utf8), with: secret)
        try await expectAccepted(try Self.fields([(name, signature)]))
    }

    @Test("Without a signature nothing is accepted, and nothing of the body is looked at")
    func missing() async throws {
        for body in [body, "", "{", "{}"] { try await expectRefused([:], body: body) }
    }

    @Test("A header field that comes twice is refused, though both are right")
    func duplicates() async throws {
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            var twice = try headers()
            let field = try #require(HTTPField.Name(name))
            twice.append(HTTPField(name: field, value: try #require(twice[field])))
            try await expectRefused(twice)
        }
    }

    @Test("The body counts byte for byte")
    func reserialised() async throws {
        for changed in [
            body + " ", body.replacing(":", with: ": "), body.replacing("\"paid\"", with: "\"p\\u0061id\""),
        ] {
            try await expectRefused(try headers(), body: changed)
        }
    }

    @Test("A signature is good for five minutes, before and after")
    func age() async throws {
        try await expectRefused(try headers(at: Self.now - 301))
        try await expectRefused(try headers(at: Self.now + 301))
        try await expectAccepted(try headers(at: Self.now - 300))
    }

    @Test("A wrong signature first does not make the right one a duplicate")
    func wrongFirst() async throws {
        let stranger = try WebhookSecret("somebody else's secret")
        try await expectRefused(try headers(with: stranger))
        try await expectAccepted(try headers())
    }

    @Test("The log says what was wrong, the client does not hear it; no secret is in either")
    func log() async throws {
        let lines = NIOLockedValueBox<[String]>([])
        var shop = shop
        shop.logger = Logger(label: "test") { _ in ReasonKeeper(lines: lines) }
        try await shop.test { client in
            let answer = try await client.report(body, headers: try headers(at: Self.now - 400))
            #expect(answer.status == 401)
            #expect(!answer.text.contains("400"))
        }
        #expect(lines.withLockedValue { $0 } == ["warning refused: signed 400 s ago, which is too old"])
    }

    @Test("What was refused is counted apart from what was taken in")
    func metrics() async throws {
        try await shop.test { client in
            _ = try await client.report(body, headers: [:])
            _ = try await client.report(body, headers: try headers())
            _ = try await client.report(body, headers: try headers())
            _ = try await client.report("{}", headers: try headers(for: "{}"))
            shop.desk.goAway(.unavailable)
            _ = try await client.report(body, headers: try headers())
        }
        for (result, count) in [
            ("bad_signature", 1), ("processed", 1), ("duplicate", 1), ("invalid", 1), ("unavailable", 1),
        ] {
            #expect(shop.count("flashsale_payment_events_total", ("result", result)) == count, "\(result)")
        }
        #expect(shop.count("flashsale_payment_events_total", ("result", "conflicting")) == 0)
    }
}

/// Keeps the level, message and reason of everything from a warning up.
private struct ReasonKeeper: LogHandler {
    let lines: NIOLockedValueBox<[String]>
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let reason = event.metadata?["reason"].map { "\($0)" } ?? ""
        lines.withLockedValue { $0.append("\(event.level) \(event.message): \(reason)") }
    }
}
