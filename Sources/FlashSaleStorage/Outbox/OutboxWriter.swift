import FlashSale
import MariaDB

/// Writes messages for the shop into the transaction that they report.
struct OutboxWriter {
    private let connection: MariaDBConnection

    init(_ connection: MariaDBConnection) { self.connection = connection }

    /// A message that is not written yet.
    struct Draft {
        let order: OrderID
        let event: OutboxEvent
        let payload: String

        /// A message about an order.
        ///
        /// - Parameters:
        ///   - event: What happened.
        ///   - order: The order as it is now.
        ///   - time: When it happened, by the database's clock.
        ///   - payment: The payment event behind it.
        init(_ event: OutboxEvent, of order: Order, at time: Timestamp, payment: PaymentEvent?) {
            self.order = order.id
            self.event = event
            payload = Self.payload(
                event,
                at: time,
                data: [
                    ("order_id", .text(order.id.description)),
                    ("product_id", .number(order.id.product.rawValue)),
                    ("ticket", .number(order.id.ticket.rawValue)),
                    ("user_id", .text(order.user.rawValue)),
                    ("quantity", .number(Int64(order.quantity))),
                    ("unit_price", .number(order.unitPrice.minorUnits)),
                    ("amount", .number(order.amount)),
                    ("currency", .text(order.unitPrice.currency.code)),
                    ("status", .text(order.status.rawValue)),
                ] + Self.members(of: payment)
            )
        }

        /// A message about a payment that no order came of.
        init(refundOf payment: PaymentEvent, at time: Timestamp) {
            order = payment.order
            event = .refundDue
            payload = Self.payload(
                .refundDue,
                at: time,
                data: [
                    ("order_id", .text(payment.order.description)),
                    ("product_id", .number(payment.order.product.rawValue)),
                    ("ticket", .number(payment.order.ticket.rawValue)),
                    ("amount", .number(payment.amount)),
                    ("currency", .text(payment.currency.code)),
                    ("status", .text(OrderStatus.refundDue.rawValue)),
                ] + Self.members(of: payment)
            )
        }

        private enum Value {
            case text(String)
            case number(Int64)
        }

        private static func members(of payment: PaymentEvent?) -> [(String, Value)] {
            payment.map { [("payment_event_id", .text($0.id))] } ?? []
        }

        /// `type`, `timestamp` and `data`, as Standard Webhooks lays a payload out.
        private static func payload(_ event: OutboxEvent, at time: Timestamp, data: [(String, Value)]) -> String {
            let members = data.map { name, value in
                switch value {
                case .text(let text): "\"\(name)\":\(quoted(text))"
                case .number(let number): "\"\(name)\":\(number)"
                }
            }
            return #"{"type":\#(quoted(event.rawValue)),"timestamp":\#(quoted(time.description)),"#
                + #""data":{\#(members.joined(separator: ","))}}"#
        }

        /// Every text here is printable ASCII: only quotes and backslashes need an escape.
        private static func quoted(_ text: String) -> String {
            var quoted = "\""
            for character in text {
                if character == "\"" || character == "\\" { quoted.append("\\") }
                quoted.append(character)
            }
            return quoted + "\""
        }
    }

    /// Adds messages, in this order.
    func insert(_ drafts: [Draft]) throws {
        guard !drafts.isEmpty else { return }
        try connection.executeBatch(Self.sql, rows: drafts.map(\.row))
    }

    /// What adds messages, in this order.
    static func statements(_ drafts: [Draft]) -> [MariaDBStatement] {
        MariaDBStatement.inserting(sql, rows: drafts.map(\.row))
    }

    private static let sql = "INSERT INTO outbox (product_id, ticket, event, payload) VALUES (?, ?, ?, ?)"
}

extension OutboxWriter.Draft {
    fileprivate var row: [MariaDBValue] {
        order.parameters + [.string(event.rawValue), .string(payload)]
    }
}
