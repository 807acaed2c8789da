public import FlashSale
import MariaDB
public import Resilience

/// Messages for the shop, in MariaDB.
public struct MariaDBOutbox: Outbox {
    private let database: GuardedMariaDBClient
    private let crashPoints: CrashPoints

    /// The outbox in one database.
    ///
    /// - Parameter crashPoints: What happens between the steps; nothing, but for tests.
    public init(database: GuardedMariaDBClient, crashPoints: CrashPoints = .none) {
        self.database = database
        self.crashPoints = crashPoints
    }

    /// Takes messages that are due, the oldest of each order only.
    ///
    /// The attempt counts from here on, so that a message that kills its sender is given up too.
    public func claim(limit: Int, for duration: Duration) async throws -> [OutboxMessage] {
        let messages = try await database.inTransaction { connection -> [OutboxMessage] in
            // SKIP LOCKED: two workers that look at the same time take different messages.
            let rows = try connection.query(
                """
                SELECT m.id, m.product_id, m.ticket, m.event, m.payload, m.attempts + 1 AS attempts, m.created_at
                FROM outbox m
                WHERE m.state = 'waiting' AND m.next_attempt_at <= NOW(6) AND NOT EXISTS (
                    SELECT 1 FROM outbox e WHERE e.product_id = m.product_id AND e.ticket = m.ticket
                    AND e.state = 'waiting' AND e.id < m.id
                )
                ORDER BY m.next_attempt_at LIMIT ? FOR UPDATE SKIP LOCKED
                """,
                [.integer(Int64(limit))]
            )
            let messages = try rows.map(OutboxMessage.init)
            guard !messages.isEmpty else { return [] }
            try connection.executeBatch(
                """
                UPDATE outbox SET attempts = attempts + 1, next_attempt_at = NOW(6) + INTERVAL ? MICROSECOND WHERE id = ?
                """,
                rows: messages.map { [.integer(duration.microseconds), .integer($0.id)] }
            )
            return messages
        }
        if !messages.isEmpty { crashPoints.reach(.messageClaimed) }
        return messages
    }

    /// Puts on record that a message has arrived.
    public func delivered(_ message: OutboxMessage) async throws {
        crashPoints.reach(.messageSent)
        try await database.onConnection { connection in
            _ = try connection.execute(
                "UPDATE outbox SET state = 'delivered', delivered_at = NOW(6), last_error = NULL WHERE id = ?",
                [.integer(message.id)]
            )
        }
    }

    /// Puts on record that a delivery failed.
    ///
    /// A message that another worker has delivered meanwhile stays delivered.
    public func failed(_ message: OutboxMessage, retryAfter delay: Duration?, reason: String) async throws {
        try await database.onConnection { connection in
            _ = try connection.execute(
                """
                UPDATE outbox SET state = ?, next_attempt_at = NOW(6) + INTERVAL ? MICROSECOND, last_error = ?
                WHERE id = ? AND state = 'waiting'
                """,
                [
                    .string(delay == nil ? "dead" : "waiting"), .integer(delay?.microseconds ?? 0),
                    .string(String(reason.prefix(500))), .integer(message.id),
                ]
            )
        }
    }
}

extension OutboxMessage {
    /// Reads a row of `outbox`.
    init(row: MariaDBRow) throws {
        guard let product = ProductID(Int64(try row.int("product_id"))),
            let ticket = Ticket(Int64(try row.int("ticket"))),
            let event = OutboxEvent(rawValue: try row.string("event"))
        else { throw StoreUnavailable(reason: "a row of outbox holds values that no message has") }
        self.init(
            id: Int64(try row.int("id")),
            order: OrderID(product: product, ticket: ticket),
            event: event,
            payload: try row.string("payload"),
            attempts: try row.int("attempts"),
            createdAt: Timestamp(try row.dateTime("created_at"))
        )
    }
}

extension Duration {
    /// Whole microseconds, rounded down.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
