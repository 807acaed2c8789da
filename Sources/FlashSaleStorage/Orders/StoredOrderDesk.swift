public import FlashSale
public import Logging
import MariaDB
import Redis
public import Resilience

/// Holds, orders and payments over both stores: MariaDB first, then the line is told.
public struct StoredOrderDesk: OrderDesk {
    private let database: GuardedMariaDBClient
    private let line: RedisServedLine
    private let logger: Logger
    private let crashPoints: CrashPoints

    /// A desk over both stores.
    ///
    /// - Parameters:
    ///   - redis: Where the line is told.
    ///   - database: Where the truth is.
    ///   - logger: Takes a line when Redis could not be told of a change that is committed; the worker tells it.
    ///   - crashPoints: What happens between the steps; nothing, but for tests.
    public init(
        redis: GuardedRedisClient,
        database: GuardedMariaDBClient,
        logger: Logger,
        crashPoints: CrashPoints = .none
    ) {
        self.crashPoints = crashPoints
        self.database = database
        self.line = RedisServedLine(redis: redis)
        self.logger = logger
    }

    /// An order.
    public func order(_ id: OrderID) async throws -> Order? {
        try await database.onConnection { try Order.read(id, $0) }
    }

    /// One page of orders.
    public func orders(_ page: OrderPage) async throws -> [Order] {
        try await database.onConnection { try Order.read(page, $0) }
    }

    /// Turns a hold into a pending order, once.
    public func checkOut(_ hold: OrderID) async throws -> HoldAnswer { try await change(hold, by: .checkout) }

    /// Gives a hold back.
    public func giveBack(_ hold: OrderID) async throws -> HoldAnswer { try await change(hold, by: .givenBack) }

    /// Takes in a payment event.
    public func record(_ event: PaymentEvent) async throws -> PaymentAnswer {
        let answer: PaymentAnswer
        do {
            answer = try await recordOnce(event)
        } catch  where MariaDBError.kind(of: error) == .alreadyExists {
            // The id came at the same time with an order of another product, under another lock: now it is known.
            answer = try await recordOnce(event)
        }
        if case .recorded(let result) = answer, result != .waiting { await show(event.order) }
        return answer
    }

    private func recordOnce(_ event: PaymentEvent) async throws -> PaymentAnswer {
        let crashPoints = crashPoints
        return try await database.inTransaction { connection in
            let answer = try OrderTurn(event.order, connection)?.record(event) ?? .unknownProduct
            crashPoints.reach(.orderCommit)
            return answer
        }
    }

    private func change(_ hold: OrderID, by event: OrderEvent) async throws -> HoldAnswer {
        let crashPoints = crashPoints
        let answer = try await database.inTransaction { connection in
            let answer = try OrderTurn(hold, connection)?.change(event) ?? .refused(.notFound)
            crashPoints.reach(.orderCommit)
            return answer
        }
        await show(hold)
        return answer
    }

    /// Read again after the commit: what is shown is never older than what is shown already.
    private func show(_ id: OrderID) async {
        crashPoints.reach(.orderAfter)
        do {
            guard let order = try await order(id) else { return }
            try await line.show(order)
            crashPoints.reach(.orderShown)
        } catch {
            logger.info(
                "the line was not told, the worker tells it",
                metadata: ["order": "\(id)", "error": "\(error)"]
            )
        }
    }
}
