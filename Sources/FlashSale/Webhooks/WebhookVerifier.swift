internal import Crypto

/// Decides whether a webhook comes from someone who knows one of our secrets, and has come just now.
///
/// Keep the old secret beside the new one while the sender changes over: any of them will do.
public struct WebhookVerifier: Sendable {
    /// The most signatures that one header field may offer: each costs a comparison with every secret.
    static let maximumSignatures = 16
    /// The most characters of `webhook-id`.
    static let maximumIDLength = 255
    /// The latest time that is a time: the year 5138, in seconds since 1970.
    private static let latestTime: Int64 = 99_999_999_999

    private let secrets: [WebhookSecret]
    private let tolerance: Duration

    /// A verifier; without secrets it refuses everything.
    ///
    /// - Parameters:
    ///   - secrets: Every secret that a signature may be made with.
    ///   - tolerance: How far the time of signing may lie from now, in either direction; Standard Webhooks suggests 300 s.
    public init(secrets: [WebhookSecret], tolerance: Duration = .seconds(300)) {
        self.secrets = secrets
        self.tolerance = tolerance
    }

    /// Returns when the webhook is genuine and fresh.
    ///
    /// - Parameters:
    ///   - headers: The header fields as they stood in the request.
    ///   - body: The body as it stood in the request, byte for byte.
    ///   - now: The time of receipt.
    /// - Throws: ``WebhookRefusal``, for the log.
    public func verify(_ headers: WebhookHeaders, body: [UInt8], now: Timestamp) throws(WebhookRefusal) {
        let claim = try Self.claim(of: headers)
        try checkAge(of: claim, now: now)
        var isGenuine = false
        for secret in secrets {
            let key = claim.isTimed ? secret.textBytes : secret.bytes
            let code = WebhookSignature.code(over: claim.preamble, body, key: key)
            // Every one is compared, so that the time taken does not tell which secret is in use.
            for signature in claim.signatures where code == signature { isGenuine = true }
        }
        guard isGenuine else { throw .noMatch }
    }

    private func checkAge(of claim: Claim, now: Timestamp) throws(WebhookRefusal) {
        let age = Duration.microseconds(now.microseconds) - .seconds(claim.time)
        if age > tolerance { throw .tooOld(seconds: age.components.seconds) }
        if age < .zero - tolerance { throw .tooNew(seconds: -age.components.seconds) }
    }
}

extension WebhookVerifier {
    /// What the header fields claim.
    private struct Claim {
        /// When it was signed, in seconds since 1970.
        let time: Int64
        /// What was signed before the body.
        let preamble: String
        /// Whether it is of the timed form.
        let isTimed: Bool
        /// The codes that are offered.
        let signatures: [[UInt8]]
    }

    private static func claim(of headers: WebhookHeaders) throws(WebhookRefusal) -> Claim {
        let name = WebhookHeaders.signatureName
        // Two fields that both claim to be the signature: which one counts would depend on who reads them.
        let signature = try only(headers.signatures + headers.timedSignatures, name)
        if !headers.timedSignatures.isEmpty || signature.hasPrefix("t=") { return try timedClaim(signature) }
        let id = try only(headers.ids, WebhookHeaders.idName)
        let timestamp = try only(headers.timestamps, WebhookHeaders.timestampName)
        guard isPlainID(id) else { throw .malformed(header: WebhookHeaders.idName) }
        guard let time = time(timestamp) else { throw .malformed(header: WebhookHeaders.timestampName) }
        let signatures = try signatures(signature, separator: " ") { candidate in
            candidate.hasPrefix("v1,") ? Base64.decode(candidate.dropFirst(3)) : nil
        }
        return Claim(time: time, preamble: "\(id).\(timestamp).", isTimed: false, signatures: signatures)
    }

    private static func timedClaim(_ field: String) throws(WebhookRefusal) -> Claim {
        let malformed = WebhookRefusal.malformed(header: WebhookHeaders.signatureName)
        let parts = field.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].hasPrefix("t="), let time = time(parts[0].dropFirst(2)) else {
            throw malformed
        }
        let signatures = try signatures(parts[1], separator: ",") { candidate in
            candidate.hasPrefix("v1=") ? Hexadecimal.decode(candidate.dropFirst(3)) : nil
        }
        return Claim(time: time, preamble: "\(time).", isTimed: true, signatures: signatures)
    }

    private static func only(_ values: [String], _ header: String) throws(WebhookRefusal) -> String {
        guard let value = values.first else { throw .missing(header: header) }
        guard values.count == 1 else { throw .duplicated(header: header) }
        return value
    }

    /// The well-formed signatures of version 1; those of other versions are not ours to judge.
    private static func signatures(
        _ list: some StringProtocol,
        separator: Character,
        decode: (Substring) -> [UInt8]?
    ) throws(WebhookRefusal) -> [[UInt8]] {
        let candidates = list.split(
            separator: separator,
            maxSplits: maximumSignatures,
            omittingEmptySubsequences: false
        )
        let signatures = candidates.compactMap { decode(Substring($0)) }.filter { $0.count == SHA256.byteCount }
        guard candidates.count <= maximumSignatures, !signatures.isEmpty else {
            throw .malformed(header: WebhookHeaders.signatureName)
        }
        return signatures
    }

    /// Printable ASCII without blanks and without the `.` that ends it in what is signed.
    private static func isPlainID(_ id: String) -> Bool {
        (1...maximumIDLength).contains(id.utf8.count)
            && id.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ".") }
    }

    /// Seconds since 1970 in their one spelling.
    private static func time(_ text: some StringProtocol) -> Int64? {
        DecimalText.positiveInteger(text).flatMap { $0 <= latestTime ? $0 : nil }
    }
}
