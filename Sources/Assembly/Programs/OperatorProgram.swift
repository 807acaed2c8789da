import FlashSale
import FlashSaleAPI
import FlashSaleStorage
import Hummingbird
import Logging
import Resilience

/// The operator's listener, beside the shoppers' in the same process.
enum OperatorProgram {
    /// Serves until shutdown; without a key there is nothing to serve, and it waits for the shutdown.
    static func run(
        _ settings: AdminSettings,
        _ stores: Stores,
        checks: [ReadinessCheck],
        logger: Logger
    ) async throws {
        guard let keys = settings.keys else { return }
        if let notice = settings.notice { logger.warning("\(notice)") }
        let desk = StoredOperatorDesk(redis: stores.redis, database: stores.database)
        var limits = ConnectionLimits()
        limits.connections = 256
        let api = OperatorAPI(
            desk: desk,
            keys: keys,
            checks: checks,
            listener: Listener(host: settings.host, port: settings.port, limits: limits),
            logger: logger,
            now: Timestamp.now
        )
        let application = api.buildApplication { port in
            logger.notice("the operator's console listens", metadata: ["host": "\(settings.host)", "port": "\(port)"])
        }
        do { try await application.run() } catch {
            throw StartFailure.portProblem("admin.port", settings.port, error)
        }
    }
}
