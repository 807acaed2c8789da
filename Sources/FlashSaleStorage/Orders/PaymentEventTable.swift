public import FlashSale
import MariaDB

/// Payment events in MariaDB, within a transaction and under the lock of their product.
struct PaymentEventTable {
    private let connection: MariaDBConnection

    init(_ connection: MariaDBConnection) { self.connection = connection }

    /// The columns that ``PaymentRecord/init(row:)`` reads, for a table that goes by the name `e`.
    static let columns = """
        e.event_id, e.product_id, e.ticket, e.status, e.amount, e.currency, e.raw, e.result, e.received_at, e.applied_at
        """

    /// The event of this id; nil when it was never received.
    func record(of id: String) throws -> PaymentRecord? {
        try connection.query(
            "SELECT \(Self.columns) FROM payment_events e WHERE e.event_id = ? FOR UPDATE",
            [.string(id)]
        ).first.map(PaymentRecord.init)
    }

    /// Keeps an event with its result.
    func insert(_ event: PaymentEvent, _ result: PaymentResult) throws {
        try connection.execute(
            """
            INSERT INTO payment_events
                (event_id, product_id, ticket, status, amount, currency, raw, result, applied_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, IF(?, NULL, NOW(6)))
            """,
            [.string(event.id)] + event.order.parameters + [
                .string(event.status.rawValue), .integer(event.amount), .string(event.currency.code),
                .bytes(event.raw), .string(result.rawValue), .bool(result == .waiting),
            ]
        )
    }

    /// Puts down what became of events that waited.
    func resolve(_ results: [(event: PaymentEvent, result: PaymentResult)]) throws {
        guard !results.isEmpty else { return }
        try connection.executeBatch(
            "UPDATE payment_events SET result = ?, applied_at = NOW(6) WHERE event_id = ?",
            rows: results.map { [.string($0.result.rawValue), .string($0.event.id)] }
        )
    }

    /// Events that wait for an order of these tickets, the first one first.
    func waiting(_ product: ProductID, tickets: ClosedRange<Int64>) throws -> [PaymentEvent] {
        try connection.query(
            """
            SELECT \(Self.columns) FROM payment_events e
            WHERE e.result = 'waiting' AND e.product_id = ? AND e.ticket BETWEEN ? AND ?
            ORDER BY e.received_at, e.event_id
            """,
            [.integer(product.rawValue), .integer(tickets.lowerBound), .integer(tickets.upperBound)]
        ).map { try PaymentRecord(row: $0).event }
    }

    /// Ends the wait of events whose tickets were decided all at once, without an order: what was charged goes back.
    func refundWaiting(_ product: ProductID, tickets: ClosedRange<Int64>, at time: Timestamp) throws {
        let events = try waiting(product, tickets: tickets)
        try resolve(
            events.map { event in
                let transition = OrderTransition(event.orderEvent, on: nil, willNeverExist: true)
                return (event, PaymentResult(transition.answer))
            }
        )
        try OutboxWriter(connection).insert(
            events.filter { $0.status == .paid }.map { OutboxWriter.Draft(refundOf: $0, at: time) }
        )
    }
}

extension PaymentEvent {
    /// As the state machine knows it.
    var orderEvent: OrderEvent {
        switch status {
        case .paid: .paid
        case .failed: .failed
        }
    }
}

extension PaymentResult {
    /// What the state machine's answer means for the event.
    init(_ answer: OrderTransition.Answer) {
        switch answer {
        case .done: self = .processed
        case .again: self = .duplicate
        case .waiting: self = .waiting
        case .recovered: self = .recovered
        case .refundDue: self = .refundDue
        // The machine refuses no payment event: this is what a person would have to look at if it did.
        case .conflicting, .refused: self = .conflicting
        }
    }
}

/// A payment event as it was received, and what became of it.
public struct PaymentRecord: Hashable, Sendable {
    /// The event.
    public var event: PaymentEvent
    /// What became of it.
    public var result: PaymentResult
    /// When it was received.
    public var receivedAt: Timestamp
    /// When it had its effect; nil while it waits.
    public var appliedAt: Timestamp?

    init(row: MariaDBRow) throws {
        guard let product = ProductID(Int64(try row.int("product_id"))),
            let ticket = Ticket(Int64(try row.int("ticket"))),
            let status = PaymentEvent.Status(rawValue: try row.string("status")),
            let currency = Currency(try row.string("currency")),
            let result = PaymentResult(rawValue: try row.string("result"))
        else { throw StoreUnavailable(reason: "a row of payment_events holds values that no event has") }
        event = PaymentEvent(
            id: try row.string("event_id"),
            order: OrderID(product: product, ticket: ticket),
            status: status,
            amount: Int64(try row.int("amount")),
            currency: currency,
            raw: try row.bytes("raw")
        )
        self.result = result
        receivedAt = Timestamp(try row.dateTime("received_at"))
        appliedAt = try row.optionalDateTime("applied_at").map(Timestamp.init)
    }
}
