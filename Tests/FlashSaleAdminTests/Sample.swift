import FlashSale
import Foundation
import Testing

@testable import FlashSaleAdmin
@testable import FlashSaleStorage
@testable import MariaDB

/// Values that the tests of outputs share.
enum Sample {
    static let now = Timestamp(milliseconds: 1_800_000_000_000)

    static func product(_ change: (inout Product) -> Void = { _ in }) throws -> Product {
        var product = Product(
            id: try #require(ProductID(7)),
            name: "Lamp \"A\"",
            price: try #require(try Money(minorUnits: 9_999, currency: Currency(typed: "USD"))),
            totalStock: 100,
            availableStock: 37,
            checkout: .instant,
            isPaused: false,
            opensAt: nil,
            closesAt: Timestamp(milliseconds: 1_900_000_000_000),
            limits: Product.Limits(),
            soldOutAfter: nil,
            version: 3,
            nonce: "secret"
        )
        change(&product)
        return product
    }

    static func order(_ status: OrderStatus = .held, _ change: (inout Order) -> Void = { _ in }) throws -> Order {
        let dollars = try Currency(typed: "USD")
        var order = Order(
            id: try OrderID(typed: "7-1042", field: "order"),
            user: try UserID("ada"),
            quantity: 2,
            unitPrice: try Money(text: "99.99", currency: dollars),
            state: OrderState(status: status, wasHeld: true, isCheckedOut: false, isPaid: false),
            createdAt: now
        )
        change(&order)
        return order
    }

    /// A payment event as the database holds it.
    static func payment(_ result: PaymentResult = .refundDue) throws -> PaymentRecord {
        try PaymentRecord(
            row: row([
                "event_id": .string("evt_1"), "product_id": .integer(7), "ticket": .integer(1_042),
                "status": .string("paid"), "amount": .integer(19_998), "currency": .string("USD"),
                "raw": .bytes(Array(#"{"event_id":"evt_1"}"#.utf8)), "result": .string(result.rawValue),
                "received_at": now.value, "applied_at": .null,
            ])
        )
    }

    /// A message to the shop as the database holds it, to be tried again in eleven and a half seconds.
    static func message(_ state: OutboxState) throws -> StoredMessage {
        try StoredMessage(
            row: row([
                "id": .integer(17), "product_id": .integer(7), "ticket": .integer(1_042),
                "event": .string("order.completed"), "payload": .string(#"{"type":"order.completed"}"#),
                "attempts": .integer(12), "created_at": now.value, "state": .string(state.rawValue),
                "next_attempt_at": Timestamp(milliseconds: 1_800_000_011_500).value, "delivered_at": .null,
                "last_error": .string("500"),
            ])
        )
    }

    private static func row(_ values: KeyValuePairs<String, MariaDBValue>) -> MariaDBRow {
        MariaDBRow(columns: RowColumns(names: values.map(\.key)), values: values.map(\.value))
    }

    /// What a program that reads the document sees.
    static func object(_ output: JSONOutput) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(output.rendered.utf8)) as? [String: Any])
    }
}
