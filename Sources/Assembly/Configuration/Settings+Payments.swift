extension Settings {
    // MARK: Payments

    static let paymentsSignature = Setting(
        "payments.signature",
        SettingKind<PaymentSettings.Signature>.choice,
        default: .standard,
        for: [.api, .command],
        "How payment events are signed: standard, by payments.secret; none, not at all, on a loopback address only."
    )
    static let paymentsSecret = Setting(
        "payments.secret",
        optional: .webhookSecrets,
        for: [.api, .command],
        isSecret: true,
        "The secret shared with the payment provider; several while a new one takes the old one's place."
    )

    // MARK: Messages to the shop

    static let outboxURL = Setting(
        "outbox.url",
        optional: .outboxTarget,
        for: [.worker],
        "Where messages about orders are delivered; log writes them into the log; without it, they wait."
    )
    static let outboxSecret = Setting(
        "outbox.secret",
        optional: .webhookSecrets,
        for: [.worker],
        isSecret: true,
        "The secret that messages are signed with; by each of several while a new one takes the old one's place."
    )
    static let outboxMaxAttempts = Setting(
        "outbox.max-attempts",
        .integer(in: 1...100, unit: "tries"),
        default: 12,
        for: [.worker],
        "After how many tries a message is given up until `flashsale outbox retry`."
    )
    static let outboxRetryBase = Setting(
        "outbox.retry-base",
        .duration(in: .milliseconds(100) ... .seconds(60)),
        default: .seconds(1),
        for: [.worker],
        "How long a message waits after its first try; the wait doubles from try to try, up to 5 minutes."
    )

    // MARK: The operator's command

    static let apiURL = Setting(
        "api.url",
        .httpAddress,
        default: "http://127.0.0.1:8080",
        for: [.command],
        "Where the API is reached, for `flashsale payment simulate`."
    )
}
