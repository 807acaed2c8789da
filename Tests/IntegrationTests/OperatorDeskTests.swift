import FlashSale
import FlashSaleStorage
import MariaDB
import Resilience
import Testing

@Suite("The operator's desk, samples and log", .timeLimit(.minutes(2)))
struct OperatorDeskTests {
    @Test("A sample holds what the tables say, and the desk shows it")
    func figures() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 3, checkout: .hold)
            for user in 1...6 { try await sale.join(product.id, "u\(user)") }
            let lease = try await sale.lease(product.id)
            _ = try await sale.line().leave(product.id, user: try UserID("u2"))
            try await sale.settle(try await sale.claim(lease), lease)
            let sampler = MariaDBLineSampler(redis: sale.redis, database: sale.database)
            #expect(try await sampler.takeSamples(worker: "test") == 1)

            let desk = StoredOperatorDesk(redis: sale.redis, database: sale.database)
            let overview = try await desk.overview()
            let sight = try #require(overview.sales.first { $0.product.id == product.id })
            let sample = try #require(sight.sample)
            let id = MariaDBValue.integer(product.id.rawValue)
            let held = try await sale.count(
                "SELECT CAST(SUM(quantity) AS SIGNED) FROM orders WHERE product_id = ? AND status = 'held'",
                [id]
            )
            let decided = try await sale.count("SELECT COUNT(*) FROM decisions WHERE product_id = ?", [id])
            #expect(sample.held == held && held == 3)
            #expect(sample.available == 0 && sample.sold == 0)
            #expect(sample.outcomes.total == decided)
            #expect(sample.outcomes.ordered == 3 && sample.outcomes.gone == 1)
            #expect(sample.waiting == 2 && sight.waiting == 2 && sample.lastTicket == 6)
            #expect(sight.worker == "test" && overview.workers.map(\.name).contains("test"))
        }
    }

    @Test("An unchanged stretch is two rows however often it is sampled; a change is a row of its own")
    func runLength() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            _ = try await sale.lease(product.id)
            let sampler = MariaDBLineSampler(redis: sale.redis, database: sale.database)
            let id = MariaDBValue.integer(product.id.rawValue)
            // Each round is ten seconds after the one before: what was sampled moves into the past.
            for round in 0..<6 {
                if round == 4 { try await sale.join(product.id, "late") }
                _ = try await sampler.takeSamples(worker: "test")
                _ = try await sampler.takeSamples(worker: "test")
                try await sale.execute(
                    "UPDATE line_samples SET sampled_at = sampled_at - INTERVAL 10 SECOND ORDER BY sampled_at"
                )
            }
            #expect(try await sale.count("SELECT COUNT(*) FROM line_samples WHERE product_id = ?", [id]) == 4)
            let samples = try await StoredOperatorDesk(redis: sale.redis, database: sale.database)
                .samples(of: product.id, over: .halfHour)
            #expect(samples.map(\.waiting) == [0, 0, 1, 1])
            #expect(zip(samples, samples.dropFirst()).allSatisfy { $0.at < $1.at })
        }
    }

    @Test("Samples older than a week go, so many at a time; younger ones stay")
    func removal() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            for day in [1, 6, 8, 9, 10] {
                try await sale.execute(
                    """
                    INSERT INTO line_samples VALUES
                        (?, NOW() - INTERVAL ? DAY, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
                    """,
                    [.integer(product.id.rawValue), .integer(Int64(day))]
                )
            }
            let sampler = MariaDBLineSampler(redis: sale.redis, database: sale.database)
            #expect(try await sampler.removeOldSamples(limit: 2) == 2)
            #expect(try await sampler.removeOldSamples(limit: 2) == 1)
            #expect(try await sale.count("SELECT COUNT(*) FROM line_samples") == 2)
        }
    }

    @Test("Every change is on record with its author, a refused one with its reason")
    func log() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            let admin = SaleAdministration(
                redis: sale.redis,
                database: sale.database,
                actor: OperatorActor("cli:ann@host")
            )
            _ = try await admin.setPaused(product.id, true)
            await #expect(throws: InvalidValue.self) { try await admin.withdraw(product.id, units: 6) }
            let desk = StoredOperatorDesk(redis: sale.redis, database: sale.database)
            _ = try await desk.perform(.resume(product.id), by: .console)
            _ = try await desk.perform(.restock(product.id, units: 7), by: .console)
            _ = try await desk.perform(.close(product.id), by: .console)
            let actions = try await desk.actions(OperatorActionPage(product: product.id))
            #expect(actions.map(\.action) == ["close", "restock", "resume", "withdraw", "pause", "create"])
            #expect(
                actions.map(\.actor) == ["console", "console", "console", "cli:ann@host", "cli:ann@host", "program"]
            )
            #expect(actions[1].detail == #"{"units":7}"# && actions[1].result == "done")
            #expect(actions[3].result.hasPrefix("refused: units is 6"))
            let older = try await desk.actions(OperatorActionPage(before: actions[3].id, size: 1))
            #expect(older == [actions[4]])
            let unknown = try #require(ProductID(4_711))
            await #expect(throws: NoSuchProduct.self) { try await desk.perform(.pause(unknown), by: .console) }
            #expect(try await sale.admin.product(product.id)?.totalStock == 12)
        }
    }
}
