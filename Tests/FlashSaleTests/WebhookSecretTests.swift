import Testing

@testable import FlashSale

@Suite("Webhook secrets")
struct WebhookSecretTests {
    private static func zeros(_ count: Int) -> String { "whsec_" + Base64.encode(Array(repeating: 0, count: count)) }

    @Test("A secret in base64 stands for its bytes", arguments: [24, 32, 64])
    func base64(count: Int) throws {
        #expect(try WebhookSecret(Self.zeros(count)).bytes == Array(repeating: 0, count: count))
    }

    @Test("Any other text stands for its UTF-8", arguments: [16, 512])
    func text(count: Int) throws {
        let text = String(repeating: "x", count: count - 2) + "é"
        #expect(try WebhookSecret(text).bytes == Array(text.utf8))
    }

    @Test(
        "What is too short, too long, or has a typing error is refused, and not repeated in the error",
        arguments: [
            "", "short", String(repeating: "x", count: 15), String(repeating: "x", count: 513), "whsec_",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!",
            "whsec_ MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", zeros(23), zeros(65),
        ]
    )
    func refuses(text: String) {
        #expect { try WebhookSecret(text) } throws: { error in
            guard let error = error as? InvalidValue, error.field == "secret" else { return false }
            let key = text.dropFirst(text.hasPrefix("whsec_") ? 6 : 0)
            return key.isEmpty || !error.description.contains(key)
        }
    }

    @Test("No way of printing shows it")
    func masked() throws {
        let secret = try WebhookSecret("correct horse battery staple")
        var dumped = ""
        dump([secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", "\(Optional.some(secret) as Any)", dumped]
        {
            #expect(text.contains("***"))
            #expect(!text.contains("horse") && !text.contains("99, 111"))
        }
    }
}
