import FlashSale
import FlashSaleAPI
import FlashSaleStorage
import FlashSaleWorker
import Hummingbird
import Logging
import ServiceLifecycle

/// `flashsale-worker`: serves the lines in order, settles purchases, and tells the shop.
public enum WorkerProgram {
    /// Runs the program until a signal ends it.
    ///
    /// - Returns: The process's exit code.
    public static func main() async -> Int32 { await ProgramRun.main(run) }

    private static func run(
        _ configuration: WorkerConfiguration,
        _ metrics: PrometheusMetrics,
        _ logger: Logger
    ) async throws {
        let worker = configuration.worker
        let stores = Stores(
            redis: configuration.redis.clientConfiguration(clientName: "flashsale-worker"),
            // A worker that is frozen inside a transaction loses it before its successor has waited for long.
            mariadb: configuration.mariadb.clientConfiguration(idleTransactionTimeout: .seconds(2)),
            logger: logger
        )
        let draining = DrainFlag()
        let books = GuardedStore("mariadb", settings: configuration.breaker, logger: logger)
        let crashPoints = try CrashSwitch.points()
        let saleBooks = MariaDBSaleBooks(
            database: stores.database,
            batchSize: worker.batchSize,
            crashPoints: crashPoints
        )
        let outbox = MariaDBOutbox(database: stores.database, crashPoints: crashPoints)
        let lineSettings = worker.lineSettings
        let line = RedisServedLine(redis: stores.redis, crashPoints: crashPoints)
        let lines = LineService(
            line: line,
            books: GuardedSaleBooks(books: saleBooks, store: books),
            draws: DrawStores(line: line, books: GuardedDrawBooks(books: saleBooks, store: books)),
            settings: lineSettings,
            logger: logger
        )
        let delivery = MessageDelivery(
            outbox: GuardedOutbox(outbox: outbox, store: books),
            settings: configuration.outbox,
            logger: logger
        )
        let signs = SignsOfLife(
            name: "flashsale-worker",
            checks: stores.readinessChecks + [
                books.readinessCheck,
                ReadinessCheck(name: "leases") { lines.isServing ? .ok : .failed("not renewed in time") },
            ],
            metrics: { metrics.prometheusText() },
            isDraining: { draining.isRaised }
        )
        let samples = SampleService(
            sampler: MariaDBLineSampler(redis: stores.redis, database: stores.database),
            worker: lineSettings.worker,
            logger: logger
        )
        let main = MainService(draining: draining) {
            try await stores.checkSchema(within: .seconds(10))
            try await stores.checkSettings(for: configuration.profile, within: .seconds(10), logger: logger)
            let health = signs.buildApplication(
                listener: Listener(host: worker.healthHost, port: worker.healthPort),
                logger: logger
            )
            try await withThrowingTaskGroup { group in
                group.addTask { await cancelWhenGracefulShutdown { await stores.watch(line: nil, books: books) } }
                group.addTask { try await lines.run() }
                group.addTask { try await delivery.run() }
                group.addTask { await samples.run() }
                group.addTask {
                    do { try await health.run() } catch {
                        throw StartFailure.portProblem("worker.health-port", worker.healthPort, error)
                    }
                }
                // The first one that fails ends the others: a worker without its signs of life is none.
                while try await group.next() != nil {}
            }
        }
        try await MainService.run(main, with: stores, logger: logger)
    }
}

extension WorkerConfiguration.Worker {
    /// How lines are served.
    fileprivate var lineSettings: LineSettings {
        LineSettings(
            // Two processes that were given the same name are still two holders.
            worker: "\(id).\(String(UInt32.random(in: 0...UInt32.max), radix: 36))",
            batchSize: batchSize,
            leaseDuration: lease,
            maximumProducts: maxProducts
        )
    }
}
