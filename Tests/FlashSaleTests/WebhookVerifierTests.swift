import Testing

@testable import FlashSale

@Suite("Webhook verification")
struct WebhookVerifierTests {
    private static let sent: Int64 = 1_614_265_330
    private static let body = Array(#"{"test": 2432232314}"#.utf8)
    private static let vector = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    private let secret: WebhookSecret
    private let otherSecret: WebhookSecret

    init() throws {
        secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        otherSecret = try WebhookSecret("another secret, long enough")
    }

    private static func standard(
        _ signature: String = vector,
        id: String = "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: String = "\(sent)"
    ) -> WebhookHeaders {
        WebhookHeaders(ids: [id], timestamps: [timestamp], signatures: [signature])
    }

    private func timedSignature(_ secret: WebhookSecret? = nil) -> String {
        WebhookSignature.signTimed(timestamp: Self.sent, body: Self.body, with: secret ?? self.secret)
    }

    /// Why a webhook is refused; nil when it is not.
    private func refusal(
        _ headers: WebhookHeaders,
        body: [UInt8] = body,
        secrets: [WebhookSecret]? = nil,
        atMicroseconds now: Int64 = sent * 1_000_000
    ) -> WebhookRefusal? {
        let verifier = WebhookVerifier(secrets: secrets ?? [secret])
        do throws(WebhookRefusal) {
            try verifier.verify(headers, body: body, now: Timestamp(microseconds: now))
            return nil
        } catch { return error }
    }

    @Test("The vector of the public libraries of Standard Webhooks is accepted")
    func vector() { #expect(refusal(Self.standard()) == nil) }

    @Test("One right signature is enough, wherever it stands and whatever stands beside it")
    func several() {
        let wrong = WebhookSignature.sign(id: "m", timestamp: 1, body: [], with: secret)
        let lists = [
            "\(Self.vector) \(wrong)", "\(wrong) \(Self.vector)", "v1a,AAAA v2,x \(Self.vector)",
            "v1,not_base64 \(Self.vector)", "v1 \(Self.vector) ,", "\(wrong) \(wrong) \(Self.vector) \(wrong)",
            Array(repeating: Self.vector, count: 16).joined(separator: " "),
        ]
        for list in lists { #expect(refusal(Self.standard(list)) == nil, "\(list)") }
        #expect(refusal(Self.standard("\(wrong) \(wrong)")) == .noMatch)
    }

    @Test("Any of our secrets will do, in any order; without secrets nothing is accepted")
    func secrets() {
        for headers in [Self.standard(), WebhookHeaders(signatures: [timedSignature()])] {
            #expect(refusal(headers, secrets: [otherSecret, secret]) == nil)
            #expect(refusal(headers, secrets: [secret, otherSecret]) == nil)
            #expect(refusal(headers, secrets: [otherSecret]) == .noMatch)
            #expect(refusal(headers, secrets: []) == .noMatch)
        }
    }

    @Test("A field that is missing or there twice is named")
    func fieldCounts() {
        let missing = { WebhookRefusal.missing(header: $0) }
        let duplicated = { WebhookRefusal.duplicated(header: $0) }
        var headers = Self.standard()
        headers.ids = []
        #expect(refusal(headers) == missing("webhook-id"))
        headers.ids = ["a", "a"]
        #expect(refusal(headers) == duplicated("webhook-id"))
        headers = Self.standard()
        headers.timestamps = []
        #expect(refusal(headers) == missing("webhook-timestamp"))
        headers.timestamps = Self.standard().timestamps + Self.standard().timestamps
        #expect(refusal(headers) == duplicated("webhook-timestamp"))
        headers = Self.standard()
        headers.signatures = []
        #expect(refusal(headers) == missing("webhook-signature"))
        headers.signatures = [Self.vector, Self.vector]
        #expect(refusal(headers) == duplicated("webhook-signature"))
        headers.signatures = [Self.vector]
        headers.timedSignatures = [timedSignature()]
        #expect(refusal(headers) == duplicated("webhook-signature"))
        #expect(
            refusal(WebhookHeaders(timedSignatures: [timedSignature(), timedSignature()]))
                == duplicated("webhook-signature")
        )
    }

    @Test("Every name of a field is asked for, and every value of it is kept")
    func headerNames() {
        let values = [
            "webhook-id": ["i"], "webhook-timestamp": ["1", "2"], "webhook-signature": ["s"], "stripe-signature": ["a"],
            "x-signature": ["b", "c"],
        ]
        let headers = WebhookHeaders { values[$0] ?? [] }
        #expect(
            headers
                == WebhookHeaders(
                    ids: ["i"],
                    timestamps: ["1", "2"],
                    signatures: ["s"],
                    timedSignatures: ["a", "b", "c"]
                )
        )
    }

    @Test("A signature that is cut short, changed, or in the wrong case never matches")
    func damagedStandard() {
        let code = Self.vector.dropFirst(3)
        let damaged = [
            "", " ", "v1", "v1,", Self.vector.lowercased(), Self.vector.uppercased(), "V1,\(code)", String(code),
            "v2,\(code)", "v1a,\(code)", "v1,\(code.dropLast())", "v1,\(code)=", "v1,\(code.dropLast(4))", "v1:\(code)",
            "v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,g0hM9SsE-OTPJTGt_tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=", "v1, \(code)", "\(Self.vector),\(Self.vector)",
            Array(repeating: Self.vector, count: 17).joined(separator: " "),
        ]
        for signature in damaged {
            let refusal = refusal(Self.standard(signature))
            #expect(refusal == .noMatch || refusal == .malformed(header: "webhook-signature"), "\(signature)")
        }
        for index in code.indices {
            let changed = code[..<index] + (code[index] == "A" ? "B" : "A") + code[index...].dropFirst()
            #expect(refusal(Self.standard("v1,\(changed)")) != nil, "\(changed)")
        }
    }

    @Test("Id, timestamp and body are signed, byte for byte")
    func whatIsSigned() {
        #expect(refusal(Self.standard(id: "msg_p5jXN8AQM9LWM0D4loKWxJeK")) == .noMatch)
        #expect(refusal(Self.standard(timestamp: "\(Self.sent + 1)")) == .noMatch)
        #expect(refusal(Self.standard(), body: Array(#"{"test":2432232314}"#.utf8)) == .noMatch)
        #expect(refusal(Self.standard(), body: Self.body + [10]) == .noMatch)
        #expect(refusal(Self.standard(), body: []) == .noMatch)
        for index in Self.body.indices {
            var changed = Self.body
            changed[index] ^= 1
            #expect(refusal(Self.standard(), body: changed) == .noMatch)
        }
    }

    @Test("Fields that are not written as they have to be are named")
    func malformed() {
        let ids = ["", " ", "a b", "a.b", "é", "a\n", String(repeating: "a", count: 256)]
        for id in ids { #expect(refusal(Self.standard(id: id)) == .malformed(header: "webhook-id"), "\(id)") }
        let times = [
            "", " ", "0", "-1", "+\(Self.sent)", "0\(Self.sent)", "\(Self.sent).0", "\(Self.sent) ", "1e9", "now",
            "100000000000", "9223372036854775807", "9223372036854775808", "2021-02-25T15:02:10Z", "١٦١٤٢٦٥٣٣٠",
        ]
        for time in times {
            #expect(refusal(Self.standard(timestamp: time)) == .malformed(header: "webhook-timestamp"), "\(time)")
        }
    }

    @Test("Five minutes either way, to the microsecond")
    func age() {
        let second: Int64 = 1_000_000
        let sent = Self.sent * second
        for headers in [Self.standard(), WebhookHeaders(signatures: [timedSignature()])] {
            #expect(refusal(headers, atMicroseconds: sent + 300 * second) == nil)
            #expect(refusal(headers, atMicroseconds: sent - 300 * second) == nil)
            #expect(refusal(headers, atMicroseconds: sent + 300 * second + 1) == .tooOld(seconds: 300))
            #expect(refusal(headers, atMicroseconds: sent - 300 * second - 1) == .tooNew(seconds: 300))
            #expect(refusal(headers, atMicroseconds: .max) != nil)
            #expect(refusal(headers, atMicroseconds: .min) != nil)
        }
    }

    @Test("The timed form, under each of its names")
    func timed() {
        #expect(refusal(WebhookHeaders(signatures: [timedSignature()])) == nil)
        #expect(refusal(WebhookHeaders(timedSignatures: [timedSignature()])) == nil)
        let wrong = String(repeating: "0", count: 64)
        let code = timedSignature().suffix(64)
        for list in ["v1=\(wrong),v1=\(code)", "v0=x,v1=\(code)", "v1=\(code),v1=\(wrong)", "v1=\(code),"] {
            #expect(refusal(WebhookHeaders(signatures: ["t=\(Self.sent),\(list)"])) == nil, "\(list)")
        }
        #expect(refusal(WebhookHeaders(signatures: ["t=\(Self.sent),v1=\(wrong)"])) == .noMatch)
        #expect(refusal(WebhookHeaders(signatures: [timedSignature(otherSecret)])) == .noMatch)
        #expect(refusal(WebhookHeaders(signatures: [timedSignature()]), body: Self.body + [0]) == .noMatch)
    }

    @Test("A timed form that is damaged never matches")
    func damagedTimed() {
        let code = timedSignature().suffix(64)
        let time = Self.sent
        let damaged = [
            "", "t=", "t=\(time)", "t=\(time),", "t=\(time),v1=", "t=\(time),v1=\(code.dropLast())",
            "t=\(time),v1=\(code)0", "t=\(time),v1=\(code.uppercased())", "t=\(time),V1=\(code)",
            "T=\(time),v1=\(code)",
            "v1=\(code),t=\(time)", "t=\(time), v1=\(code)", "t=0\(time),v1=\(code)", "t=\(time + 1),v1=\(code)",
            "t=\(time).0,v1=\(code)", "t=\(time),v0=\(code)", "t=\(time);v1=\(code)", "t=-\(time),v1=\(code)",
            "t=\(time)" + String(repeating: ",v1=\(code)", count: 17),
        ]
        for signature in damaged {
            for headers in [WebhookHeaders(signatures: [signature]), WebhookHeaders(timedSignatures: [signature])] {
                #expect(refusal(headers) != nil, "\(signature)")
            }
        }
    }

    @Test("A signature of one form is none of the other")
    func formsApart() {
        let code = WebhookSignature.signTimed(timestamp: Self.sent, body: Self.body, with: secret).suffix(64)
        let bytes = Hexadecimal.decode(String(code)) ?? []
        #expect(refusal(Self.standard("v1," + Base64.encode(bytes))) == .noMatch)
        let standard = Base64.decode(String(Self.vector.dropFirst(3))) ?? []
        let timed = "t=\(Self.sent),v1=" + Hexadecimal.encode(standard)
        #expect(refusal(WebhookHeaders(signatures: [timed])) == .noMatch)
    }

    @Test("A refusal tells the log what was wrong, and nothing that was sent")
    func descriptions() {
        let refusals: [WebhookRefusal] = [
            .missing(header: "webhook-id"), .duplicated(header: "webhook-id"), .malformed(header: "webhook-id"),
            .tooOld(seconds: 301), .tooNew(seconds: 301), .noMatch,
        ]
        #expect(Set(refusals.map(\.description)).count == refusals.count)
        #expect(refusals.allSatisfy { !$0.description.contains("\n") })
    }
}
