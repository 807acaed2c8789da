import FlashSale
import FlashSaleStorage

extension PaymentRecord {
    /// The document that `--json` prints.
    var json: JSONOutput {
        [
            "event_id": JSONOutput(event.id),
            "order_id": JSONOutput(event.order.description),
            "status": JSONOutput(event.status.rawValue),
            "amount": JSONOutput(event.amount),
            "currency": JSONOutput(event.currency.code),
            "result": JSONOutput(result.rawValue),
            "received_at": JSONOutput(receivedAt.description),
            "applied_at": JSONOutput(appliedAt?.description),
            "raw": JSONOutput(String(decoding: event.raw, as: UTF8.self)),
        ]
    }
}

extension [PaymentRecord] {
    /// One row each.
    var table: Table {
        Table(
            [
                .init("payment event"), .init("order"), .init("says"), .init("amount", .right), .init("result"),
                .init("received"),
            ],
            rows: map { record in
                [
                    record.event.id, "\(record.event.order)", record.event.status.rawValue,
                    record.event.currency.text(record.event.amount),
                    record.result.rawValue.replacing("_", with: " "), "\(record.receivedAt)",
                ]
            }
        )
    }
}
