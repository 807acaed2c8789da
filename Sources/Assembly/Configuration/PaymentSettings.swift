public import FlashSale

/// How payment events are signed.
public struct PaymentSettings: Sendable, Equatable {
    /// Whether payment events carry a signature.
    public enum Signature: String, Sendable, CaseIterable {
        /// By one of the secrets, as Standard Webhooks has it, or in the timed form.
        case standard
        /// They carry none: everyone who reaches the API can say that an order is paid.
        case none
    }

    /// Whether payment events carry a signature.
    public var signature: Signature
    /// The secrets that a signature may be made with; the first is the one to sign with.
    public var secrets: [WebhookSecret]

    init(reading reader: inout SettingReader) {
        signature = reader.read(Settings.paymentsSignature)
        secrets = reader.read(Settings.paymentsSecret) ?? []
    }
}

extension SettingKind where Value == [WebhookSecret] {
    /// Keys of webhooks, several while one takes another's place.
    static var webhookSecrets: SettingKind {
        SettingKind(
            placeholder: "SECRET",
            expected: "1 to 8 secrets separated by commas, each whsec_ and the base64 of 24 to 64 bytes,"
                + " or a text of 16 to 512 bytes",
            parse: { text in
                let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingBlanks }
                let secrets = parts.compactMap { try? WebhookSecret($0) }
                return secrets.count == parts.count && secrets.count <= 8 ? secrets : nil
            },
            format: { _ in Secret.mask }
        )
    }
}

extension Substring {
    /// Without the blanks that people write beside a comma.
    fileprivate var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
