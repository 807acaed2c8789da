extension DrawBeacon.Value {
    /// What a signature in hexadecimal digits makes; nil for anything else.
    public init?(signatureText text: some StringProtocol) {
        guard let signature = Hexadecimal.decode(text), !signature.isEmpty else { return nil }
        self.init(signature: signature)
    }

    /// The signature in lower-case hexadecimal digits.
    public var signatureText: String { Hexadecimal.encode(signature) }
}
