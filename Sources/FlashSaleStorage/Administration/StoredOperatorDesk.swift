public import FlashSale
import MariaDB
import Redis
public import Resilience

/// The operator's desk over both stores.
public struct StoredOperatorDesk: OperatorDesk {
    private let redis: GuardedRedisClient
    private let database: GuardedMariaDBClient

    /// A desk over both stores.
    public init(redis: GuardedRedisClient, database: GuardedMariaDBClient) {
        self.redis = redis
        self.database = database
    }

    private func administration(_ actor: OperatorActor) -> SaleAdministration {
        SaleAdministration(redis: redis, database: database, actor: actor)
    }

    /// Every sale at this moment.
    public func overview() async throws -> OperatorOverview {
        let books = try await database.onConnection { try OverviewBooks($0) }
        let lines = try await LineSight.read(books.products.map(\.id), redis)
        return OperatorOverview(
            at: books.at,
            sales: books.products.map { books.sight(of: $0, line: lines[$0.id]) },
            hiddenSales: books.hidden,
            workers: books.workers,
            failedEntries: books.failedEntries,
            refundsDue: books.refundsDue,
            toReview: books.toReview
        )
    }

    /// The samples of a product over the last while; of each step, the latest.
    public func samples(of product: ProductID, over span: SampleSpan) async throws -> [LineSample] {
        try await database.onConnection { connection in
            try connection.query(
                """
                SELECT \(StoredSample.columns) FROM line_samples WHERE product_id = ? AND sampled_at IN (
                    SELECT MAX(sampled_at) FROM line_samples
                    WHERE product_id = ? AND sampled_at > NOW() - INTERVAL ? SECOND
                    GROUP BY TO_SECONDS(sampled_at) DIV ?
                ) ORDER BY sampled_at
                """,
                [
                    .integer(product.rawValue), .integer(product.rawValue), .integer(Int64(span.seconds)),
                    .integer(Int64(span.step)),
                ]
            ).map { try StoredSample(row: $0).sample() }
        }
    }

    /// Does something to a sale, and puts it on record.
    public func perform(_ action: OperatorAction, by actor: OperatorActor) async throws -> OperatorResult {
        let administration = self.administration(actor)
        do {
            switch action {
            case .pause(let id):
                return Self.result("Paused", try await administration.setPaused(id, true))
            case .resume(let id):
                return Self.result("Resumed", try await administration.setPaused(id, false))
            case .restock(let id, let units):
                return Self.result("Added \(units) units to", try await administration.restock(id, units: units))
            case .close(let id):
                return Self.result("Closed", try await administration.close(id))
            case .retryFailed(let ids):
                return try await retry(ids, administration)
            case .flushFailed(let ids):
                let flushed = try await administration.flushDeadLetters(ids)
                return OperatorResult(summary: "Removed \(flushed) of \(ids.count) failed entries.")
            }
        } catch let unknown as UnknownProduct {
            throw NoSuchProduct(product: unknown.id)
        }
    }

    private func retry(_ ids: [Int64], _ administration: SaleAdministration) async throws -> OperatorResult {
        var problems: [String] = []
        for id in ids {
            let answer = try await administration.retryDeadLetter(id)
            if answer?.isDone != true {
                problems.append("Entry \(id): \(answer?.words ?? "there is no such entry").")
            }
        }
        let summary = "Gave \(ids.count - problems.count) of \(ids.count) failed entries a new place."
        return OperatorResult(summary: summary, problems: problems)
    }

    private static func result(_ words: String, _ change: ProductChange) -> OperatorResult {
        let problems = change.lineProblem.map { _ in
            ["Redis has not heard of it yet: the worker that serves the product tells it as soon as it can."]
        }
        return OperatorResult(summary: "\(words) product \(change.product.id).", problems: problems ?? [])
    }

    /// What operators did, the latest first.
    public func actions(_ page: OperatorActionPage) async throws -> [OperatorActionRecord] {
        try await administration(.console).actions(page)
    }

    /// Entries that could not be processed.
    public func failedEntries(limit: Int, after: Int64?) async throws -> [FailedEntry] {
        try await administration(.console).deadLetters(of: nil, limit: limit, after: after).map { letter in
            FailedEntry(
                id: letter.id,
                product: letter.product,
                place: letter.entry.map { "\($0.user), ticket \($0.ticket), \($0.quantity) units" },
                reason: letter.reason,
                attempts: letter.attempts,
                at: letter.createdAt
            )
        }
    }

    /// Payments that a person has to do something about.
    public func payments(_ concern: PaymentConcern, limit: Int) async throws -> [PaymentOfConcern] {
        let administration = self.administration(.console)
        let records =
            switch concern {
            case .refundDue: try await administration.refundsDue(limit: limit)
            case .review: try await administration.paymentsToReview(limit: limit)
            }
        return records.map { PaymentOfConcern(event: $0.event, receivedAt: $0.receivedAt) }
    }
}
