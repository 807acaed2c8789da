import FlashSale
import Logging
import Synchronization

/// Serves the line of one product under one lease, step by step, until it is stopped.
final class ProductServer: Sendable {
    let lease: Lease
    private let turn: @Sendable () -> ServingTurn
    private let idlePoll: Duration
    private let compareInterval: Duration
    private let logger: Logger
    private let wake = WakeSignal()
    private let latestVersion: Mutex<Int64>
    private let isSweepDue = Atomic(true)

    init(
        lease: Lease,
        line: any ServedLine,
        books: any SaleBooks,
        settings: LineSettings,
        metrics: ServingMetrics,
        logger: Logger
    ) {
        var logger = logger
        logger[metadataKey: "product"] = "\(lease.product)"
        logger[metadataKey: "fence"] = "\(lease.fence)"
        self.lease = lease
        self.logger = logger
        idlePoll = settings.idlePoll
        compareInterval = settings.compareInterval
        latestVersion = Mutex(lease.productVersion)
        turn = { [logger] in
            ServingTurn(
                lease: lease,
                line: line,
                books: books,
                settings: settings,
                metrics: metrics,
                logger: logger
            )
        }
    }

    /// Somebody has joined, or the product or one of its orders has changed.
    func wakeUp() { wake.signal() }

    /// Orders are due, or the line does not show them as they are.
    func sweepOrders() {
        isSweepDue.store(true, ordering: .relaxed)
        wake.signal()
    }

    /// An operator has changed the product.
    func productChanged(to version: Int64) {
        let isNews = latestVersion.withLock { latest in
            defer { latest = max(latest, version) }
            return version > latest
        }
        if isNews { wake.signal() }
    }

    /// Serving ends after the batch at hand.
    func stop() { wake.close() }

    /// Serves until it is stopped or the lease is another's.
    func run() async {
        logger.info("serving")
        defer { logger.info("serving ended") }
        var turn = turn()
        var failures = 0
        // The first step compares anyway.
        var comparedAt = ContinuousClock.now
        while !wake.isClosed {
            do {
                let version = latestVersion.withLock { $0 }
                let isSweepDue = isSweepDue.exchange(false, ordering: .relaxed)
                let isComparisonDue = comparedAt.duration(to: .now) >= compareInterval
                if isComparisonDue { comparedAt = .now }
                let step = try await turn.step(
                    version: version,
                    isSweepDue: isSweepDue,
                    isComparisonDue: isComparisonDue
                )
                // What the books say now is what counts, even where the lease's version is ahead of a replica.
                if turn.knownVersion < version { latestVersion.withLock { $0 = turn.knownVersion } }
                failures = 0
                if step == .nothingToDo { await wake.sleep(atMost: min(idlePoll, turn.untilDraw ?? idlePoll)) }
            } catch is Fenced {
                logger.notice("another worker serves the product now")
                return
            } catch {
                failures += 1
                logger.warning("the line stands still, nobody loses a place", metadata: ["error": "\(error)"])
                await wake.sleep(atMost: .milliseconds(min(1_000, 25 << min(failures, 6))))
            }
        }
        await finishLastBatch(&turn)
    }

    /// Whoever comes next would finish it as well, but only once the lease has ended.
    private func finishLastBatch(_ turn: inout ServingTurn) async {
        do {
            try await turn.finishLastBatch()
        } catch {
            logger.warning("the last batch is left to the next worker", metadata: ["error": "\(error)"])
        }
    }
}
