import FlashSale

extension Settings {
    // MARK: Draws

    static let drawSigningKey = Setting(
        "draw.signing-key",
        optional: .drawSigningKey,
        for: [.api],
        isSecret: true,
        "The Ed25519 key that draw documents are signed with, 64 hexadecimal digits; without it, they are not signed."
    )
}

extension SettingKind where Value == DrawSigningKey {
    /// Keys of draw documents.
    static var drawSigningKey: SettingKind {
        SettingKind(
            placeholder: "SECRET",
            expected: "64 lower-case hexadecimal digits",
            parse: { try? DrawSigningKey($0) },
            format: { _ in Secret.mask }
        )
    }
}
