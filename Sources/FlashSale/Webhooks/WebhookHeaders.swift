/// The header fields that carry a webhook's signature, with every value they had, so that duplicates are seen.
public struct WebhookHeaders: Sendable, Hashable {
    /// Names the message; signed in the standard form.
    public static let idName = "webhook-id"
    /// When the message was sent, in seconds since 1970; signed in the standard form.
    public static let timestampName = "webhook-timestamp"
    /// The signature, in the standard or the timed form.
    public static let signatureName = "webhook-signature"
    /// Other names for a signature in the timed form.
    public static let timedSignatureNames = ["stripe-signature", "x-signature"]

    /// The values of `webhook-id`.
    public var ids: [String]
    /// The values of `webhook-timestamp`.
    public var timestamps: [String]
    /// The values of `webhook-signature`.
    public var signatures: [String]
    /// The values of the fields that are in the timed form by their name.
    public var timedSignatures: [String]

    /// The values of each field.
    public init(
        ids: [String] = [],
        timestamps: [String] = [],
        signatures: [String] = [],
        timedSignatures: [String] = []
    ) {
        self.ids = ids
        self.timestamps = timestamps
        self.signatures = signatures
        self.timedSignatures = timedSignatures
    }

    /// The fields of a request.
    ///
    /// - Parameter values: Every value of the field with the given name, in whatever case the request wrote the name.
    public init(values: (_ name: String) -> [String]) {
        self.init(
            ids: values(Self.idName),
            timestamps: values(Self.timestampName),
            signatures: values(Self.signatureName),
            timedSignatures: Self.timedSignatureNames.flatMap(values)
        )
    }
}
