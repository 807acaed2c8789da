import FlashSale
import Logging

/// Writes messages into the log, for people who try things out.
struct LogMessageReceiver: MessageReceiver {
    let logger: Logger

    func deliver(_ message: OutboxMessage) async throws {
        logger.notice(
            "message to the shop: \(message.event.rawValue)",
            metadata: ["id": "\(message.webhookID)", "order": "\(message.order)", "payload": "\(message.payload)"]
        )
    }
}
