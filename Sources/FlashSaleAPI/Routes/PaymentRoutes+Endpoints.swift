import FlashSale
import Hummingbird

extension PaymentRoutes {
    /// `POST /api/payments/webhook`.
    func endpoints() -> [Endpoint] {
        [
            Endpoint(
                method: .post,
                path: "/api/payments/webhook",
                operation: Endpoint.Operation(
                    id: "reportPayment",
                    summary: "Takes in a payment event. Sending one again is always right: it has its effect once.",
                    description: Self.description,
                    parameters: Self.headers,
                    body: "PaymentEvent",
                    answers: [
                        Endpoint.Answer(
                            status: .ok,
                            description: "The event is on record. Don't send it again, whatever `result` says.",
                            schema: "PaymentReceipt"
                        )
                    ],
                    problems: [
                        .invalidJSON, .badSignature, .requestTimeout, .conflicting, .eventConflict, .bodyTooLarge,
                        .unsupportedMediaType, .invalidField, .unavailable,
                    ]
                ),
                isAdmittedByServices: true,
                handler: receive
            )
        ]
    }

    private static let description = """
        The signature covers the body byte for byte. Either it is that of Standard Webhooks: `webhook-id`, \
        `webhook-timestamp` and `webhook-signature: v1,BASE64` over `ID.TIMESTAMP.BODY`. Or it is \
        `t=TIMESTAMP,v1=HEX` over `TIMESTAMP.BODY` in `webhook-signature`, `stripe-signature` or `x-signature`. Both are \
        HMAC-SHA256, may hold several signatures, and are refused when the time is more than a few minutes off. A shop \
        that is only tried out may be configured to need none.

        An event that contradicts what became of its order, such as a failure after a payment, is answered 200 with the \
        result `conflicting`: it is kept for a person to look at, and a refusal would only make the provider send it for \
        ever. Another amount or currency than the order's is kept as well, but answered 409: it never counts as paid. \
        Fields that are not described here are ignored.
        """

    private static let headers =
        ([WebhookHeaders.idName, WebhookHeaders.timestampName, WebhookHeaders.signatureName]
        + WebhookHeaders.timedSignatureNames)
        .map { Endpoint.Parameter(name: $0, place: .header, schema: ["type": "string"]) }
}
