import FlashSale
import Testing

/// An outbox in memory that keeps the promises of ``Outbox``, and the records of what was asked of it.
///
/// A message that failed is due again at once, whatever delay was asked for: tests look at the delay instead.
actor MemoryOutbox: Outbox {
    /// What was put on record about a message.
    enum Report: Equatable {
        case delivered(Int64)
        case failed(Int64, retryAfter: Duration?, reason: String)

        var retryAfter: Duration? {
            if case .failed(_, let delay, _) = self { delay } else { nil }
        }
    }

    private(set) var reports: [Report] = []
    private(set) var claims: [(limit: Int, duration: Duration)] = []
    private var waiting: [OutboxMessage]
    private var claimed: Set<Int64> = []
    private var failingClaims = 0
    private var failingReports = 0

    /// An outbox with these messages.
    init(_ messages: [OutboxMessage]) { waiting = messages }

    /// The next calls fail, as with a database that is away.
    func fail(claims: Int = 0, reports: Int = 0) {
        failingClaims = claims
        failingReports = reports
    }

    func claim(limit: Int, for duration: Duration) throws -> [OutboxMessage] {
        claims.append((limit, duration))
        if failingClaims > 0 {
            failingClaims -= 1
            throw StoreUnavailable(reason: "mariadb: away")
        }
        var orders: Set<OrderID> = []
        var taken: [OutboxMessage] = []
        for index in waiting.indices where taken.count < limit {
            let isOldest = orders.insert(waiting[index].order).inserted
            guard isOldest, !claimed.contains(waiting[index].id) else { continue }
            waiting[index].attempts += 1
            claimed.insert(waiting[index].id)
            taken.append(waiting[index])
        }
        return taken
    }

    func delivered(_ message: OutboxMessage) throws {
        try end(message, .delivered(message.id), isOver: true)
    }

    func failed(_ message: OutboxMessage, retryAfter delay: Duration?, reason: String) throws {
        try end(message, .failed(message.id, retryAfter: delay, reason: reason), isOver: delay == nil)
    }

    private func end(_ message: OutboxMessage, _ report: Report, isOver: Bool) throws {
        if failingReports > 0 {
            failingReports -= 1
            throw StoreUnavailable(reason: "mariadb: away")
        }
        reports.append(report)
        claimed.remove(message.id)
        if isOver { waiting.removeAll { $0.id == message.id } }
    }
}

extension OutboxMessage {
    /// A message that waits for its first try.
    static func waiting(_ id: Int64, ofTicket ticket: Int64) throws -> OutboxMessage {
        try OutboxMessage(
            id: id,
            order: #require(OrderID(text: "7-\(ticket)")),
            event: .completed,
            payload: "{}",
            attempts: 0,
            createdAt: Timestamp(microseconds: 0)
        )
    }
}
