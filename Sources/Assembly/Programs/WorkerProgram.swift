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
        let lines = LineService(
            line: RedisServedLine(redis: stores.redis),
            books: MariaDBSaleBooks(database: stores.database, batchSize: worker.batchSize),
            settings: LineSettings(
                // Two processes that were given the same name are still two holders.
                worker: "\(worker.id).\(String(UInt32.random(in: 0...UInt32.max), radix: 36))",
                batchSize: worker.batchSize,
                leaseDuration: worker.lease,
                maximumProducts: worker.maxProducts
            ),
            logger: logger
        )
        let delivery = MessageDelivery(
            outbox: MariaDBOutbox(database: stores.database),
            settings: configuration.outbox,
            logger: logger
        )
        let signs = SignsOfLife(
            name: "flashsale-worker",
            checks: stores.readinessChecks + [
                ReadinessCheck(name: "leases") { lines.isServing ? .ok : .failed("not renewed in time") }
            ],
            metrics: { metrics.prometheusText() },
            isDraining: { draining.isRaised }
        )
        let main = MainService(draining: draining) {
            try await stores.checkSchema(within: .seconds(10))
            let health = signs.buildApplication(
                listener: Listener(host: worker.healthHost, port: worker.healthPort),
                logger: logger
            )
            try await withThrowingTaskGroup { group in
                group.addTask { try await lines.run() }
                group.addTask { try await delivery.run() }
                group.addTask {
                    do { try await health.run() } catch {
                        throw StartFailure.portProblem("worker.health-port", worker.healthPort, error)
                    }
                }
                try await group.waitForAll()
            }
        }
        try await MainService.run(main, with: stores, logger: logger)
    }
}
