import FlashSale

/// The outbox behind MariaDB's breaker.
struct GuardedOutbox: Outbox {
    let outbox: any Outbox
    let store: GuardedStore

    func claim(limit: Int, for duration: Duration) async throws -> [OutboxMessage] {
        try await store.run { try await outbox.claim(limit: limit, for: duration) }
    }

    func delivered(_ message: OutboxMessage) async throws {
        try await store.run { try await outbox.delivered(message) }
    }

    func failed(_ message: OutboxMessage, retryAfter delay: Duration?, reason: String) async throws {
        try await store.run { try await outbox.failed(message, retryAfter: delay, reason: reason) }
    }
}
