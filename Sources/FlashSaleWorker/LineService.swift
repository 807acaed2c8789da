public import FlashSale
public import Logging
public import ServiceLifecycle
import Synchronization

/// Serves every line that this worker has a lease for, each in a task of its own.
///
/// The tasks take turns by themselves: a batch is one piece of work for the database, and the database's queue is first
/// come, first served.
public final class LineService: Service {
    private let line: any ServedLine
    private let books: any SaleBooks
    private let settings: LineSettings
    private let metrics = ServingMetrics()
    private let logger: Logger
    private let servers = Mutex<[ProductID: ProductServer]>([:])
    private let leaseWake = WakeSignal()
    private let leaseEnd = Mutex<ContinuousClock.Instant?>(nil)
    /// Products of others that were looked for since the last renewal that was due.
    private let lookedFor = Mutex<Set<ProductID>>([])

    /// A service that serves lines, and makes the draws of those that are drawn.
    public init(
        line: any ServedLine,
        books: any SaleBooks,
        settings: LineSettings,
        logger: Logger
    ) {
        self.line = line
        self.books = books
        self.settings = settings
        self.logger = logger
    }

    /// Whether the leases were renewed within their time: false when the database has been away for longer.
    public var isServing: Bool { leaseEnd.withLock { $0.map { $0 > .now } ?? false } }

    /// Serves until graceful shutdown or cancellation: then each line ends its batch, and the leases are given back.
    public func run() async throws {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await serveLines()
            } onGracefulShutdown: {
                self.stop()
            }
        } onCancel: {
            stop()
        }
        do {
            try await books.releaseLeases(worker: settings.worker)
        } catch {
            logger.warning("leases not given back, they end by themselves", metadata: ["error": "\(error)"])
        }
    }

    private func stop() {
        leaseWake.close()
        stopServers { _ in true }
    }

    private func serveLines() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await cancelWhenGracefulShutdown { await self.passOnWakeUps() } }
            group.addTask { await cancelWhenGracefulShutdown { await self.lookForDueOrders() } }
            // Renewing three times in a lease's life leaves room for two failures.
            let period = settings.leaseDuration / 3
            var due = ContinuousClock.now
            while !leaseWake.isClosed {
                if ContinuousClock.now >= due {
                    due = .now + period
                    lookedFor.withLock { $0.removeAll() }
                }
                await renewLeases(&group)
                await leaseWake.sleep(atMost: max(.zero, due - .now))
            }
            stopServers { _ in true }
        }
    }

    private func renewLeases(_ group: inout DiscardingTaskGroup) async {
        let began = ContinuousClock.now
        do {
            let leases = try await books.renewLeases(
                worker: settings.worker,
                for: settings.leaseDuration,
                maximum: settings.maximumProducts
            )
            leaseEnd.withLock { $0 = began + settings.leaseDuration }
            serve(leases, &group)
        } catch {
            logger.warning("leases not renewed", metadata: ["error": "\(error)"])
            // Past its end another worker may hold the lease. The fence keeps us from doing harm; this keeps us from trying.
            if !isServing { stopServers { _ in true } }
        }
    }

    private func serve(_ leases: [Lease], _ group: inout DiscardingTaskGroup) {
        let current = Dictionary(uniqueKeysWithValues: leases.map { ($0.product, $0) })
        stopServers { current[$0.product]?.fence != $0.fence }
        for lease in leases {
            let started: ProductServer? = servers.withLock { servers in
                if let server = servers[lease.product] {
                    server.productChanged(to: lease.productVersion)
                    return nil
                }
                guard !leaseWake.isClosed else { return nil }
                let server = ProductServer(
                    lease: lease,
                    line: line,
                    books: books,
                    settings: settings,
                    metrics: metrics,
                    logger: logger
                )
                servers[lease.product] = server
                return server
            }
            if let started { group.addTask { await self.run(started) } }
        }
    }

    private func run(_ server: ProductServer) async {
        await server.run()
        servers.withLock { servers in
            if servers[server.lease.product] === server { servers[server.lease.product] = nil }
        }
    }

    private func stopServers(where isOver: (Lease) -> Bool) {
        servers.withLock { servers in
            for (product, server) in servers where isOver(server.lease) {
                server.stop()
                servers[product] = nil
            }
        }
    }

    private func passOnWakeUps() async {
        while !Task.isCancelled {
            do {
                try await line.withWakeUps { products in
                    for try await product in products { wakeUp(product) }
                }
            } catch {
                logger.debug("wake-ups are interrupted, lines are polled", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Time runs out by the database's clock: it is asked, not counted here.
    private func lookForDueOrders() async {
        while !Task.isCancelled {
            do {
                let products = try await books.productsToSweep(limit: settings.maximumProducts)
                let due = servers.withLock { servers in products.compactMap { servers[$0] } }
                for server in due { server.sweepOrders() }
            } catch {
                logger.debug("orders that are due were not looked for", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: settings.sweepInterval)
        }
    }

    private func wakeUp(_ product: ProductID) {
        let server = servers.withLock { $0[product] }
        if let server {
            server.wakeUp()
        } else {
            // Perhaps a product that nobody serves yet: look for it now instead of at the next renewal. Once only: most of
            // these products are other workers', and are woken often.
            let isNews = lookedFor.withLock { $0.insert(product).inserted }
            if isNews { leaseWake.signal() }
        }
    }
}
