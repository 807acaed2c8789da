import FlashSale
import Logging
import Metrics
import Synchronization

/// Serves the line of one product under one lease: claim, settle, acknowledge, again and again; in between it sweeps the
/// product's orders, so that units that came back are there for the next claim.
///
/// There is no repair path: after any failure the next claim hands out the same batch, the books say which of it is
/// decided, and the acknowledgement of a decided batch is the same whoever sends it.
final class ProductServer: Sendable {
    let lease: Lease
    private let line: any ServedLine
    private let books: any SaleBooks
    private let settings: LineSettings
    private let metrics: ServingMetrics
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
        self.lease = lease
        self.line = line
        self.books = books
        self.settings = settings
        self.metrics = metrics
        var logger = logger
        logger[metadataKey: "product"] = "\(lease.product)"
        logger[metadataKey: "fence"] = "\(lease.fence)"
        self.logger = logger
        self.latestVersion = Mutex(lease.productVersion)
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
        var product: Product?
        var failures = 0
        while !wake.isClosed {
            do {
                let step = try await step(&product)
                failures = 0
                if step == .nothingToDo { await wake.sleep(atMost: settings.idlePoll) }
            } catch is Fenced {
                logger.notice("another worker serves the product now")
                break
            } catch {
                failures += 1
                product = nil
                logger.warning("the line stands still, nobody loses a place", metadata: ["error": "\(error)"])
                await wake.sleep(atMost: .milliseconds(min(1_000, 25 << min(failures, 6))))
            }
        }
        logger.info("serving ended")
    }

    private enum Step {
        case servedSomebody
        case nothingToDo
    }

    private func step(_ product: inout Product?) async throws -> Step {
        let version = latestVersion.withLock { $0 }
        if product == nil || product?.version ?? 0 < version {
            guard let current = try await books.product(lease.product) else { return .nothingToDo }
            product = current
            // What the books say now is what counts, even where the lease's version is ahead of a replica.
            latestVersion.withLock { $0 = max($0, current.version) }
            if try await line.publish(current, fence: lease.fence) == .missing { product = try await openLine() }
            isSweepDue.store(true, ordering: .relaxed)
        }
        if isSweepDue.exchange(false, ordering: .relaxed) { try await sweep(&product) }
        let limit = settings.batchSize
        switch try await line.claim(lease.product, fence: lease.fence, limit: limit, dropLimit: settings.dropStep) {
        case .claimed(let claim):
            return try await serve(claim, of: &product)
        case .empty:
            metrics.lineLength(0, of: lease.product)
            return .nothingToDo
        case .paused:
            return .nothingToDo
        case .soldOut(let remaining, let lastTicket):
            metrics.lineLength(remaining, of: lease.product)
            if remaining > 0 { return .servedSomebody }
            return try await reopenIfThereIsStock(&product, lastTicket: lastTicket)
        case .missing:
            product = try await openLine()
            return .servedSomebody
        }
    }

    private func serve(_ claim: Claim, of product: inout Product?) async throws -> Step {
        let began = ContinuousClock.now
        let settled = try await books.settle(claim, of: lease.product, fence: lease.fence)
        try await line.acknowledge(Acknowledgement(of: claim, settled, lease: lease))
        product?.availableStock = settled.availableStock
        product?.soldOutAfter = settled.soldOutAfter
        metrics.batch(claim, settled, took: .now - began, product: lease.product)
        for entry in claim.unreadable {
            logger.error("an entry can't be read and is kept as a dead letter", metadata: ["reason": "\(entry.reason)"])
        }
        if settled.soldOutAfter != nil { logger.notice("sold out", metadata: ["batch": "\(claim.number)"]) }
        // Entries that wait for units of others would only be claimed again; news of stock wakes this line.
        return settled.waiting.isEmpty ? .servedSomebody : .nothingToDo
    }

    /// Never between a claim and its acknowledgement: an outcome that is shown here is younger than any acknowledged one.
    private func sweep(_ product: inout Product?) async throws {
        do {
            let sweep = try await books.sweep(lease.product, fence: lease.fence, limit: settings.sweepStep)
            try await line.show(sweep.changed, of: sweep.product, fence: lease.fence)
            try await books.markShown(sweep)
            // Not its rules: a newer version still has to be published.
            product?.availableStock = sweep.product.availableStock
            product?.soldOutAfter = sweep.product.soldOutAfter
            metrics.sweep(sweep)
            if sweep.isCutShort { isSweepDue.store(true, ordering: .relaxed) }
        } catch {
            isSweepDue.store(true, ordering: .relaxed)
            throw error
        }
    }

    private func reopenIfThereIsStock(_ product: inout Product?, lastTicket: Int64) async throws -> Step {
        guard let known = product else { return .servedSomebody }
        if known.soldOutAfter != nil {
            guard known.availableStock > 0 else { return .nothingToDo }
            product = try await books.reopen(lease.product, lastTicket: lastTicket, fence: lease.fence)
        }
        try await line.reopen(known, fence: lease.fence)
        logger.notice("stock is back, the line is open again", metadata: ["last_ticket": "\(lastTicket)"])
        return .servedSomebody
    }

    /// Opens a line that Redis does not have: for the first time, or because its data was lost.
    private func openLine() async throws -> Product {
        let nonce = LineNonce.random()
        var (product, isNew) = try await books.nameLine(of: lease.product, nonce: nonce)
        var lastTicket: Int64 = 0
        if !isNew {
            (product, lastTicket) = try await books.recordLostLine(
                of: lease.product,
                newNonce: nonce,
                fence: lease.fence
            )
            logger.error("the line's data was lost", metadata: ["tickets_go_on_above": "\(lastTicket)"])
        }
        try await line.open(product, lastTicket: lastTicket, fence: lease.fence)
        logger.notice("the line is open")
        return product
    }
}
