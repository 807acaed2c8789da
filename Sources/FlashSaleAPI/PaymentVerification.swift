public import FlashSale

/// Whether payment events have to be signed.
public enum PaymentVerification: Sendable {
    /// Every event has to carry a signature that this verifier accepts.
    case signed(WebhookVerifier)
    /// Anyone who can reach the API can say that an order is paid: for trying things out only.
    case unsigned
}
