public import FlashSale
import FlashSaleAPI
import FlashSaleStorage
import Foundation
import Hummingbird
import Logging
import Resilience
import ServiceLifecycle

/// `flashsale-api`: takes people into lines and tells them where they stand.
public enum APIProgram {
    /// Runs the program until a signal ends it.
    ///
    /// - Returns: The process's exit code.
    public static func main() async -> Int32 { await ProgramRun.main(run) }

    private static func run(
        _ configuration: APIConfiguration,
        _ metrics: PrometheusMetrics,
        _ logger: Logger
    ) async throws {
        let breakers = StoreBreakers(settings: configuration.breaker, logger: logger)
        let stores = Stores(
            redis: configuration.redis.clientConfiguration(clientName: "flashsale-api"),
            mariadb: configuration.mariadb.clientConfiguration(),
            breakers: breakers,
            logger: logger
        )
        let draining = DrainFlag()
        let catalogue = CachedProductCatalogue(redis: stores.redis, database: stores.database, logger: logger)
        let signs = SignsOfLife(
            name: "flashsale-api",
            checks: stores.readinessChecks + breakers.readinessChecks,
            metrics: { metrics.prometheusText() },
            isDraining: { draining.isRaised }
        )
        let api = try purchaseAPI(configuration, stores, catalogue, signs, logger)
        if let notice = configuration.payments.notice { logger.log(level: notice.level, "\(notice.text)") }
        let main = MainService(draining: draining) {
            try await stores.checkSchema(within: .seconds(10))
            try await stores.checkSettings(for: configuration.profile, within: .seconds(10), logger: logger)
            // Before the first request: a process that knows no product could not tell a lost line from an unknown one.
            try await catalogue.refreshKnownProducts()
            let application = api.buildApplication()
            try await withThrowingTaskGroup { group in
                group.addTask { await stores.watch() }
                group.addTask { await keepFresh(catalogue, logger) }
                group.addTask {
                    try await OperatorProgram.run(configuration.admin, stores, checks: signs.checks, logger: logger)
                }
                group.addTask {
                    do { try await application.run() } catch {
                        throw StartFailure.portProblem("http.port", configuration.http.port, error)
                    }
                }
                // The server ends first; the refresher has nothing to finish.
                defer { group.cancelAll() }
                while let _ = try await group.next() { if draining.isRaised { return } }
            }
        }
        try await MainService.run(main, with: stores, logger: logger)
    }

    private static func purchaseAPI(
        _ configuration: APIConfiguration,
        _ stores: Stores,
        _ catalogue: CachedProductCatalogue,
        _ signs: SignsOfLife,
        _ logger: Logger
    ) throws -> PurchaseAPI {
        let crashPoints = try CrashSwitch.points()
        let line = RedisPurchaseLine(
            redis: stores.redis,
            repeatedCallsPerMinute: configuration.line.rateLimit ?? 0,
            renewsCarts: configuration.line.cartRenewal == .poll,
            crashPoints: crashPoints
        )
        let desk = StoredOrderDesk(
            redis: stores.redis,
            database: stores.database,
            logger: logger,
            crashPoints: crashPoints
        )
        return PurchaseAPI(
            line: line,
            catalogue: catalogue,
            desk: desk,
            draws: PurchaseAPI.DrawSource(
                desk: StoredDrawDesk(database: stores.database),
                signingKey: configuration.drawSigningKey
            ),
            payments: configuration.payments.verification,
            signs: signs,
            listener: configuration.listener,
            options: PurchaseAPI.Options(
                cartRenewal: configuration.line.cartRenewal,
                pollAfter: configuration.line.pollAfter,
                pollAfterMost: configuration.line.pollAfterMost,
                maxInFlight: configuration.http.maxInFlight,
                maxStreams: configuration.maxStreams
            ),
            pages: configuration.pages.options,
            logger: logger,
            now: Timestamp.now
        )
    }

    /// Looks for new products about once a second, until shutdown.
    ///
    /// It also tells MariaDB's breaker how things are while nobody asks.
    private static func keepFresh(_ catalogue: CachedProductCatalogue, _ logger: Logger) async {
        while !Task.isCancelled {
            do { try await catalogue.refreshKnownProducts() } catch {
                logger.debug("products not refreshed", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }
}

extension APIConfiguration {
    fileprivate var listener: Listener {
        var limits = ConnectionLimits()
        limits.connections = http.maxConnections
        return Listener(host: http.host, port: http.port, limits: limits)
    }
}

extension Timestamp {
    /// The system's clock.
    @Sendable
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
