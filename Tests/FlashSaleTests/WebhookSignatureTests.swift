import Testing

@testable import FlashSale

/// Known answers; the verifier is tried elsewhere.
@Suite("Webhook signatures")
struct WebhookSignatureTests {
    @Test("The vector of the public libraries of Standard Webhooks")
    func standardVector() throws {
        let signature = WebhookSignature.sign(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8),
            with: try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        )
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("The timed form, as OpenSSL computes it over TIMESTAMP.BODY")
    func timedVector() throws {
        let signature = WebhookSignature.signTimed(
            timestamp: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8),
            with: try WebhookSecret("the secret of the timed form")
        )
        #expect(signature == "t=1614265330,v1=3c25ee19cf947c10d5b8ce32af02558a0a3cc3128d73b0f516349200dbf4357e")
    }

    @Test("The timed form is keyed with the secret's whole text, as OpenSSL computes it")
    func timedVectorOfPrefixedSecret() throws {
        let signature = WebhookSignature.signTimed(
            timestamp: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8),
            with: try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        )
        #expect(signature == "t=1614265330,v1=2e37df5d4a028c51a7f3133d64ae1e300d2c2c900f1b1d49d4369ad2530f8964")
    }

    @Test("The body need not be text")
    func bytes() throws {
        let secret = try WebhookSecret("0123456789abcdef")
        let bodies: [[UInt8]] = [[], [0], [0xFF], [0xC0, 0xAF], [0, 0]]
        let signatures = bodies.map { WebhookSignature.sign(id: "m", timestamp: 1, body: $0, with: secret) }
        #expect(Set(signatures).count == bodies.count)
    }
}
