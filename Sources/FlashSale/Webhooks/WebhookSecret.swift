/// A key that two parties share to sign and verify webhooks; masked wherever it is printed.
public struct WebhookSecret: Sendable, Hashable {
    /// What Standard Webhooks writes before a secret in base64.
    public static let prefix = "whsec_"

    /// The key of the standard form.
    let bytes: [UInt8]
    /// The key of the timed form, whose senders key it with the text as it stands.
    let textBytes: [UInt8]

    /// Reads a secret as people exchange it.
    ///
    /// `whsec_` and the base64 of 24 to 64 bytes, as Standard Webhooks has it; any other text of 16 to 512 bytes is itself
    /// the key, in UTF-8. A text with the prefix is never taken as the latter: a typing error would become another key.
    ///
    /// - Throws: ``InvalidValue`` that names `secret` and does not quote it.
    public init(_ text: String) throws(InvalidValue) {
        textBytes = Array(text.utf8)
        guard text.hasPrefix(Self.prefix) else {
            guard (16...512).contains(textBytes.count) else {
                throw Self.invalid("is \(textBytes.count) bytes long, which is not 16 to 512")
            }
            bytes = textBytes
            return
        }
        guard let bytes = Base64.decode(text.dropFirst(Self.prefix.count)) else {
            throw Self.invalid("is not base64 after \(Self.prefix)")
        }
        guard (24...64).contains(bytes.count) else {
            throw Self.invalid("has \(bytes.count) bytes after \(Self.prefix), which is not 24 to 64")
        }
        self.bytes = bytes
    }

    private static func invalid(_ problem: String) -> InvalidValue {
        InvalidValue(
            field: "secret",
            problem: problem,
            remedy: "Give \(prefix) and the base64 of 24 to 64 random bytes, or any text of 16 to 512 bytes"
        )
    }
}

extension WebhookSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The same for every secret.
    public var description: String { "***" }
    /// The same for every secret.
    public var debugDescription: String { description }
    /// Nothing of the secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
