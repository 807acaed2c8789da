import FlashSale
import FlashSaleAPI
import Logging

extension PaymentSettings {
    /// How the API tells genuine payment events from others.
    var verification: PaymentVerification {
        switch signature {
        case .standard: .signed(WebhookVerifier(secrets: secrets))
        case .none: .unsigned
        }
    }

    /// What an operator should know at the start; nil when payment events are signed.
    ///
    /// Without a secret the API starts all the same: a sale of `instant` products needs no payment events.
    var notice: (level: Logger.Level, text: String)? {
        switch signature {
        case .none:
            (.warning, "payment events need no signature: whoever reaches this port can say that an order is paid")
        case .standard where secrets.isEmpty:
            (.notice, "every payment event is refused until payments.secret is set (or payments.signature to none)")
        case .standard:
            nil
        }
    }
}
