import FlashSaleStorage
import FlashSaleWorker
import Logging
import Resilience
import ServiceLifecycle

/// Runs workers, each with clients of its own as a process has, while the body runs; then shuts them down gracefully.
func withWorkers(
    _ count: Int,
    on sale: Sale,
    comparingEvery compareInterval: Duration = .seconds(600),
    _ body: @Sendable @escaping () async throws -> Void
) async throws {
    var logger = Logger(label: "worker")
    logger.logLevel = .critical
    let quiet = logger
    let groups = (1...count).map { number in
        let stores = sale.anotherProcess()
        let line = RedisServedLine(redis: stores.redis)
        let books = MariaDBSaleBooks(database: stores.database, batchSize: 50)
        let service = LineService(
            line: line,
            books: books,
            settings: LineSettings(
                worker: "worker-\(number)",
                leaseDuration: .seconds(6),
                compareInterval: compareInterval
            ),
            logger: quiet
        )
        return ServiceGroup(services: [stores.database, stores.redis, service], logger: quiet)
    }
    try await withThrowingTaskGroup { tasks in
        for group in groups { tasks.addTask { try await group.run() } }
        tasks.addTask { try await body() }
        try await tasks.next()
        for group in groups { await group.triggerGracefulShutdown() }
        try await tasks.waitForAll()
    }
}
