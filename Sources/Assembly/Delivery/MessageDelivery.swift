import FlashSale
import FlashSaleWorker
import Logging

/// Delivery of messages as the configuration wants it.
struct MessageDelivery: Sendable {
    let outbox: any Outbox
    let settings: OutboxSettings
    let logger: Logger

    /// Delivers until graceful shutdown; returns at once when messages have nowhere to go.
    func run() async throws {
        switch settings.target {
        case nil:
            logger.info("messages about orders stay in the outbox: outbox.url is not set")
        case .log:
            try await run(delivering: LogMessageReceiver(logger: logger))
        case .http(let url):
            try await HTTPMessageReceiver.withClient { client in
                try await run(delivering: HTTPMessageReceiver(client: client, url: url, secrets: settings.secrets))
            }
        }
    }

    private func run(delivering receiver: any MessageReceiver) async throws {
        try await DeliveryService(
            outbox: outbox,
            receiver: receiver,
            settings: DeliverySettings(
                retryDelay: RetryDelay(base: settings.retryBase),
                maximumAttempts: settings.maxAttempts
            ),
            logger: logger
        ).run()
    }
}
