import FlashSale
import FlashSaleAPI
import FlashSaleStorage
import FlashSaleWorker
import Hummingbird
import Logging
import Resilience
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
        // Every call of a worker goes through its store's breaker, the line's too. While Redis is away a worker can do nothing
        // with it, and a hundred lines that each wait a second for an answer would only keep MariaDB busy in between. Lines go
        // on as soon as Redis answers: it is pinged ten times a second, the first ping that is answered lets a call through,
        // and a line that was refused comes again within a second. Not behind the breaker are the wake-ups, which stay
        // subscribed for hours. A worker holds nothing while it is refused: a batch that it has claimed stays in Redis.
        let breakers = StoreBreakers(settings: configuration.breaker, logger: logger)
        let stores = Stores(
            redis: configuration.redis.clientConfiguration(clientName: "flashsale-worker"),
            // A worker that is frozen inside a transaction loses it before its successor has waited for long.
            mariadb: configuration.mariadb.clientConfiguration(idleTransactionTimeout: .seconds(2)),
            breakers: breakers,
            logger: logger
        )
        let draining = DrainFlag()
        let crashPoints = try CrashSwitch.points()
        let books = MariaDBSaleBooks(
            database: stores.database,
            batchSize: worker.batchSize,
            crashPoints: crashPoints
        )
        let outbox = MariaDBOutbox(database: stores.database, crashPoints: crashPoints)
        let lineSettings = worker.lineSettings
        let line = RedisServedLine(redis: stores.redis, crashPoints: crashPoints)
        let lines = LineService(
            line: line,
            books: books,
            settings: lineSettings,
            logger: logger
        )
        let delivery = MessageDelivery(
            outbox: outbox,
            settings: configuration.outbox,
            logger: logger
        )
        let signs = SignsOfLife(
            name: "flashsale-worker",
            checks: stores.readinessChecks + breakers.readinessChecks + [
                ReadinessCheck(name: "leases") { lines.isServing ? .ok : .failed("not renewed in time") }
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
                group.addTask { await cancelWhenGracefulShutdown { await stores.watch() } }
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
