internal import Crypto

/// Signatures of webhooks: HMAC-SHA256 over the bytes of the body and what stands beside it.
///
/// The standard form is that of Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, version 1).
/// The timed form is the one that several payment providers use; its key is the secret's text, `whsec_` and all.
public enum WebhookSignature {
    /// The standard form: `v1,` and the base64 of the code over `ID.TIMESTAMP.BODY`.
    ///
    /// - Parameters:
    ///   - id: The value of `webhook-id`.
    ///   - timestamp: The value of `webhook-timestamp`, in seconds since 1970.
    ///   - body: The body, byte for byte.
    ///   - secret: The key.
    /// - Returns: The value of `webhook-signature`.
    public static func sign(id: String, timestamp: Int64, body: [UInt8], with secret: WebhookSecret) -> String {
        "v1," + Base64.encode(Array(code(over: "\(id).\(timestamp).", body, key: secret.bytes)))
    }

    /// The timed form: `t=TIMESTAMP,v1=` and the hexadecimal digits of the code over `TIMESTAMP.BODY`.
    ///
    /// - Parameters:
    ///   - timestamp: The time of sending, in seconds since 1970.
    ///   - body: The body, byte for byte.
    ///   - secret: The key.
    /// - Returns: The value of the signature's header field.
    public static func signTimed(timestamp: Int64, body: [UInt8], with secret: WebhookSecret) -> String {
        "t=\(timestamp),v1=" + Hexadecimal.encode(Array(code(over: "\(timestamp).", body, key: secret.textBytes)))
    }

    /// The authentication code; comparing it by `==` takes the same time wherever the bytes differ.
    static func code(
        over preamble: String,
        _ body: [UInt8],
        key: [UInt8]
    ) -> HMAC<SHA256>.MAC {
        var hmac = HMAC<SHA256>(key: SymmetricKey(data: key))
        hmac.update(data: Array(preamble.utf8))
        hmac.update(data: body)
        return hmac.finalize()
    }
}
