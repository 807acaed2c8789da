public import FlashSale
import MariaDB

/// Where a message stands.
public enum OutboxState: String, Sendable, CaseIterable {
    /// It is due, or waits for its next try.
    case waiting
    /// It has arrived.
    case delivered
    /// It was given up until an operator retries it.
    case dead
}

/// A message as an operator sees it.
public struct StoredMessage: Sendable {
    /// The message.
    public var message: OutboxMessage
    /// Where it stands.
    public var state: OutboxState
    /// When it is tried next; nil unless it waits.
    public var nextAttemptAt: Timestamp?
    /// When it arrived.
    public var deliveredAt: Timestamp?
    /// What the last try failed with.
    public var lastError: String?

    init(row: MariaDBRow) throws {
        guard let state = OutboxState(rawValue: try row.string("state")) else {
            throw StoreUnavailable(reason: "a row of outbox holds a state that no message has")
        }
        message = try OutboxMessage(row: row)
        self.state = state
        nextAttemptAt = state == .waiting ? Timestamp(try row.dateTime("next_attempt_at")) : nil
        deliveredAt = try row.optionalDateTime("delivered_at").map(Timestamp.init)
        lastError = try row.optionalString("last_error")
    }
}

extension SaleAdministration {
    /// Messages to the shop, by rising id.
    ///
    /// - Parameters:
    ///   - state: Only in this state; nil for any.
    ///   - limit: The most messages to list.
    ///   - after: The id where the page before ended.
    public func messages(_ state: OutboxState?, limit: Int, after: Int64?) async throws -> [StoredMessage] {
        try await database.onConnection { connection in
            try connection.query(
                """
                SELECT id, product_id, ticket, event, payload, attempts, created_at, state, next_attempt_at, delivered_at,
                    last_error
                FROM outbox WHERE id > ? AND (? IS NULL OR state = ?) ORDER BY id LIMIT ?
                """,
                [
                    .integer(after ?? 0), state.map { .string($0.rawValue) } ?? .null,
                    state.map { .string($0.rawValue) } ?? .null, .integer(Int64(limit)),
                ]
            ).map(StoredMessage.init)
        }
    }

    /// Gives dead messages all their tries again, from now on.
    ///
    /// - Parameter ids: Only these; nil for every dead one.
    /// - Returns: How many were dead and are tried again.
    public func retryMessages(_ ids: [Int64]?) async throws -> Int {
        try await database.inTransaction { connection in
            let retry = """
                UPDATE outbox SET state = 'waiting', attempts = 0, next_attempt_at = NOW(6) WHERE state = 'dead'
                """
            let retried =
                try ids?.reduce(0) { count, id in
                    count + Int(try connection.execute(retry + " AND id = ?", [.integer(id)]).affectedRows)
                } ?? Int(try connection.execute(retry).affectedRows)
            try OperatorLog.write(actor, "retry_messages", nil, ["messages": .number(retried)], connection)
            return retried
        }
    }
}
