import FlashSaleStorage
import Logging
import Resilience
import ServiceLifecycle
import Synchronization
import UnixSignals

/// A process's own work as one service, after its clients in the group: it starts last and ends first.
struct MainService: Service {
    let draining: DrainFlag
    let body: @Sendable () async throws -> Void

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await body()
        } onGracefulShutdown: {
            draining.raise()
        }
    }

    /// Runs clients and work until SIGTERM or SIGINT; then the work ends within 10 s, and the clients after it.
    static func run(_ main: MainService, with stores: Stores, logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: stores.database),
                .init(service: stores.redis),
                .init(
                    service: main,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup
                ),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
    }
}

/// Whether the process is on its way down.
final class DrainFlag: Sendable {
    private let flag = Atomic(false)

    func raise() { flag.store(true, ordering: .relaxed) }

    var isRaised: Bool { flag.load(ordering: .relaxed) }
}
