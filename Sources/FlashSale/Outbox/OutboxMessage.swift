/// What the shop is told about an order.
public enum OutboxEvent: String, Sendable, CaseIterable {
    /// Units are held for a user.
    case held = "order.held"
    /// The order is complete.
    case completed = "order.completed"
    /// The payment failed, or the hold was given back.
    case cancelled = "order.cancelled"
    /// The hold or the time to pay ran out.
    case expired = "order.expired"
    /// A payment has to be paid back.
    case refundDue = "refund.due"
}

/// A message to the shop, written in the transaction that it reports and delivered at least once.
public struct OutboxMessage: Hashable, Sendable {
    /// Rises with each message; the receiver knows a repeated one by it.
    public var id: Int64
    /// The order it is about.
    public var order: OrderID
    /// What happened.
    public var event: OutboxEvent
    /// The JSON document to deliver.
    public var payload: String
    /// How often delivery was tried, this time included.
    public var attempts: Int
    /// When it was written.
    public var createdAt: Timestamp

    /// A message as stored.
    public init(
        id: Int64,
        order: OrderID,
        event: OutboxEvent,
        payload: String,
        attempts: Int,
        createdAt: Timestamp
    ) {
        self.id = id
        self.order = order
        self.event = event
        self.payload = payload
        self.attempts = attempts
        self.createdAt = createdAt
    }

    /// What the receiver knows a repeated delivery by: `webhook-id` of Standard Webhooks.
    public var webhookID: String { "msg_\(id)" }
}

/// Messages that wait for their delivery.
///
/// Throws ``StoreUnavailable`` or ``OutcomeUnknown``; repeating a call is always right, at worst a message is delivered
/// twice.
public protocol Outbox: Sendable {
    /// Takes messages that are due, the oldest of each order only, so that an order's messages arrive in their order.
    ///
    /// - Parameters:
    ///   - limit: The most messages to take.
    ///   - duration: How long nobody else is given them: the time for delivery and report.
    func claim(limit: Int, for duration: Duration) async throws -> [OutboxMessage]

    /// Puts on record that a message has arrived.
    func delivered(_ message: OutboxMessage) async throws

    /// Puts on record that a delivery failed.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - delay: How long to wait before the next try; nil to give the message up until an operator retries it.
    ///   - reason: What the receiver or the network said, for the operator.
    func failed(_ message: OutboxMessage, retryAfter delay: Duration?, reason: String) async throws
}

/// Where messages to the shop go.
public protocol MessageReceiver: Sendable {
    /// Delivers a message; throws when its arrival is not certain.
    func deliver(_ message: OutboxMessage) async throws
}
