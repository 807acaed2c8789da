public import FlashSale

/// Where messages to the shop go, and how hard delivery is tried.
public struct OutboxSettings: Sendable, Equatable {
    /// Where they go; nil when they stay in the outbox.
    public var target: OutboxTarget?
    /// The secrets to sign them with: with each of them, so that the shop can change over.
    public var secrets: [WebhookSecret]
    /// After how many tries a message is given up.
    public var maxAttempts: Int
    /// The wait after the first try; it doubles from try to try.
    public var retryBase: Duration

    init(reading reader: inout SettingReader) {
        target = reader.read(Settings.outboxURL)
        secrets = reader.read(Settings.outboxSecret) ?? []
        maxAttempts = reader.read(Settings.outboxMaxAttempts)
        retryBase = reader.read(Settings.outboxRetryBase)
        if case .http = target, secrets.isEmpty, !reader.hasProblem(with: Settings.outboxSecret) {
            reader.report("outbox.url", "The shop could not tell our messages from others: set outbox.secret as well.")
        }
        if target == nil, !secrets.isEmpty, !reader.hasProblem(with: Settings.outboxURL) {
            reader.report("outbox.secret", "It has no effect without the shop's address: set outbox.url as well.")
        }
    }
}
